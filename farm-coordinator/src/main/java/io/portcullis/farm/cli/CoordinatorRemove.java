package io.portcullis.farm.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `farmctl coordinator remove`: takes a coordinator out of the ensemble.
@Command(name = "remove", description = "Take a coordinator out, dead or alive; the others go on.")
final class CoordinatorRemove implements Callable<Integer> {
  private final Operator operator;

  @Parameters(
      index = "0",
      paramLabel = "NAME",
      description = "Its name, as \"farmctl status\" shows it.")
  private String name = "";

  CoordinatorRemove(Operator operator) {
    this.operator = operator;
  }

  @Override
  public Integer call() throws Exception {
    operator.client().removeCoordinator(name);
    operator.tell("removed coordinator " + Text.safe(name));
    return 0;
  }
}
