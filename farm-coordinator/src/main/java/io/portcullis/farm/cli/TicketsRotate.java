package io.portcullis.farm.cli;

import io.portcullis.farm.api.wire.Wire;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `farmctl tickets rotate`: a new session-ticket key before its time.
@Command(
    name = "rotate",
    description =
        "Give the nodes a new session-ticket key now, not only twice a day; clients keep their"
            + " sessions.")
final class TicketsRotate implements Callable<Integer> {
  private final Operator operator;

  TicketsRotate(Operator operator) {
    this.operator = operator;
  }

  @Override
  public Integer call() throws Exception {
    Wire.TicketRotation rotation = operator.client().rotateTickets();
    operator.answer(
        rotation,
        () ->
            "a new session-ticket key (generation %d) is on its way; it seals when every node has it\n"
                .formatted(rotation.generation()));
    return 0;
  }
}
