package io.portcullis.farm.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `farmctl member resume`.
@Command(name = "resume", description = "Send new sources to a member again.")
final class MemberResume implements Callable<Integer> {
  private final Operator operator;

  @Parameters(
      index = "0",
      paramLabel = "POOL/HOST",
      description = "Pool and host, as \"farmctl status\" shows them: pool01/fe1.contoso.local.")
  private String name = "";

  MemberResume(Operator operator) {
    this.operator = operator;
  }

  @Override
  public Integer call() throws Exception {
    operator.client().resume("member", name);
    operator.tell("member " + Text.safe(name) + " takes new sources again");
    return 0;
  }
}
