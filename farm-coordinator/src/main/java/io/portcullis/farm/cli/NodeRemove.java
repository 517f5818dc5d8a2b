package io.portcullis.farm.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `farmctl node remove`: takes a node's place in the farm away.
@Command(
    name = "remove",
    description = "Take a node out of the farm; it may come back with a new token.")
final class NodeRemove implements Callable<Integer> {
  private final Operator operator;

  @Parameters(
      index = "0",
      paramLabel = "NAME",
      description = "Its name, as \"farmctl status\" shows it.")
  private String name = "";

  NodeRemove(Operator operator) {
    this.operator = operator;
  }

  @Override
  public Integer call() throws Exception {
    operator.client().removeNode(name);
    operator.tell("removed node " + Text.safe(name));
    return 0;
  }
}
