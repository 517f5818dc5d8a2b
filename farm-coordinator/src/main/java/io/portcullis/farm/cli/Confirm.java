package io.portcullis.farm.cli;

import io.portcullis.farm.api.wire.Wire;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `farmctl confirm`: the revision that waits for it stays.
@Command(name = "confirm", description = "Keep the revision that \"apply --confirm-within\" made.")
final class Confirm implements Callable<Integer> {
  private final Operator operator;

  Confirm(Operator operator) {
    this.operator = operator;
  }

  @Override
  public Integer call() throws Exception {
    Wire.Confirmation confirmed = operator.client().confirm();
    operator.answer(confirmed, () -> "revision " + confirmed.revision() + " stays\n");
    return 0;
  }
}
