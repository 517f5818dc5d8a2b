package io.portcullis.farm.cli;

import io.portcullis.farm.api.wire.Rotations;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `farmctl farm-ca rotate`: another CA for the farm, and new identities for everybody.
@Command(
    name = "rotate",
    description = {
      "Make another CA for the farm: everybody learns to trust it, gets an identity of it, and then forgets the old one.",
      "Nothing stops meanwhile. Join tokens that nobody has used become void; make others."
    },
    footer = {"", "Example:  farmctl farm-ca rotate && farmctl farm-ca status"})
final class FarmCaRotate implements Callable<Integer> {
  private final Operator operator;

  FarmCaRotate(Operator operator) {
    this.operator = operator;
  }

  @Override
  public Integer call() throws Exception {
    Rotations.FarmCaStatus status = operator.client().rotateFarmCa(false);
    operator.answer(
        status,
        () ->
            "on its way: the farm goes over to another CA by itself\n  -> look: farmctl farm-ca status\n");
    return 0;
  }
}
