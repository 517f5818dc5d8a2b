package io.portcullis.farm.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `farmctl node resume`.
@Command(name = "resume", description = "Let a node take new clients again.")
final class NodeResume implements Callable<Integer> {
  private final Operator operator;

  @Parameters(
      index = "0",
      paramLabel = "NAME",
      description = "Its name, as \"farmctl status\" shows it.")
  private String name = "";

  NodeResume(Operator operator) {
    this.operator = operator;
  }

  @Override
  public Integer call() throws Exception {
    operator.client().resume("node", name);
    operator.tell("node " + Text.safe(name) + " takes new clients again");
    return 0;
  }
}
