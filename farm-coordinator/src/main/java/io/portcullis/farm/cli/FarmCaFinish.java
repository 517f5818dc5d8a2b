package io.portcullis.farm.cli;

import io.portcullis.farm.api.wire.Rotations;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `farmctl farm-ca finish`: go on without whoever has not renewed.
@Command(
    name = "finish",
    description = {
      "Trust only the new CA from now on. Whoever \"farmctl farm-ca status\" calls yet to renew is cut off, and has to join again with a token.",
    },
    footer = {"", "Example:  farmctl farm-ca finish"})
final class FarmCaFinish implements Callable<Integer> {
  private final Operator operator;

  FarmCaFinish(Operator operator) {
    this.operator = operator;
  }

  @Override
  public Integer call() throws Exception {
    Rotations.FarmCaStatus before = operator.client().farmCa();
    Rotations.FarmCaStatus status = operator.client().rotateFarmCa(true);
    operator.answer(
        status,
        () ->
            before.toRenew().isEmpty()
                ? "finished: everybody had renewed\n"
                : "finished: cut off are %s\n  -> let them join again: farmctl token create\n"
                    .formatted(Text.safe(String.join(", ", before.toRenew()))));
    return 0;
  }
}
