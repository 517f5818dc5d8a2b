package io.portcullis.farm.cli;

import io.portcullis.farm.api.wire.Wire;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `farmctl member drain`.
@Command(
    name = "drain",
    description = "Send no new sources to a member; what it has may finish within 30 minutes.")
final class MemberDrain implements Callable<Integer> {
  private final Operator operator;

  @Parameters(
      index = "0",
      paramLabel = "POOL/HOST",
      description = "Pool and host, as \"farmctl status\" shows them: pool01/fe1.contoso.local.")
  private String name = "";

  @Option(
      names = "--for",
      paramLabel = "TIME",
      description = "Take it back by itself after this time: 30m, 2h.")
  private @Nullable Duration time;

  MemberDrain(Operator operator) {
    this.operator = operator;
  }

  @Override
  public Integer call() throws Exception {
    Wire.DrainResponse answer =
        operator.client().drain(new Wire.DrainRequest("member", name, Draining.seconds(time)));
    Draining.tell(operator, "member", name, answer);
    return 0;
  }
}
