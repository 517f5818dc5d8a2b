package io.portcullis.farm.cli;

import io.portcullis.farm.api.wire.Wire;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `farmctl node drain`.
@Command(
    name = "drain",
    description = "Let a node take no new clients; what runs may finish within 30 minutes.")
final class NodeDrain implements Callable<Integer> {
  private final Operator operator;

  @Parameters(
      index = "0",
      paramLabel = "NAME",
      description = "Its name, as \"farmctl status\" shows it.")
  private String name = "";

  @Option(
      names = "--for",
      paramLabel = "TIME",
      description = "Take it back by itself after this time: 30m, 2h.")
  private @Nullable Duration time;

  NodeDrain(Operator operator) {
    this.operator = operator;
  }

  @Override
  public Integer call() throws Exception {
    Wire.DrainResponse answer =
        operator.client().drain(new Wire.DrainRequest("node", name, Draining.seconds(time)));
    Draining.tell(operator, "node", name, answer);
    return 0;
  }
}
