package io.portcullis.farm.cli;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `farmctl version`: of this program and the Java under it.
@Command(name = "version", description = "Show the version of farmctl and of Java.")
final class Version implements Callable<Integer> {
  private final Operator operator;

  Version(Operator operator) {
    this.operator = operator;
  }

  @Override
  public Integer call() {
    String built = Version.class.getPackage().getImplementationVersion();
    String version = built == null ? "unpackaged" : built;
    operator.answer(
        new TreeMap<>(Map.of("portcullis", version, "java", Runtime.version().toString())),
        () -> "portcullis " + version + " on Java " + Runtime.version() + "\n");
    return 0;
  }
}
