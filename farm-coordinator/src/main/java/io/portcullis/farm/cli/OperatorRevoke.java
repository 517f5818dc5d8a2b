package io.portcullis.farm.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `farmctl operator revoke`: a person's identity is refused from now on.
@Command(
    name = "revoke",
    description = "Refuse a person's identity from now on; they may come back with a new token.")
final class OperatorRevoke implements Callable<Integer> {
  private final Operator operator;

  @Parameters(
      index = "0",
      paramLabel = "NAME",
      description = "Their name, as \"farmctl operator list\" shows it.")
  private String name = "";

  OperatorRevoke(Operator operator) {
    this.operator = operator;
  }

  @Override
  public Integer call() throws Exception {
    operator.client().revokeOperator(name);
    operator.tell("revoked " + Text.safe(name));
    return 0;
  }
}
