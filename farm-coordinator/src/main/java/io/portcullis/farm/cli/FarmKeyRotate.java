package io.portcullis.farm.cli;

import io.portcullis.farm.api.wire.Rotations;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `farmctl farm-key rotate`: another farm key, so that who was removed opens nothing that is sealed from now on.
@Command(
    name = "rotate",
    description = {
      "Make another farm key: hand it to every coordinator and node, seal everything anew with it, forget the old one.",
      "Nothing stops meanwhile. Do it after a node was removed for good or its disk was lost; its certificates' keys are another matter: renew those too."
    },
    footer = {"", "Example:  farmctl farm-key rotate && farmctl farm-key status"})
final class FarmKeyRotate implements Callable<Integer> {
  private final Operator operator;

  @Option(
      names = "--again",
      description = "Give up the key that is on its way: the only coordinator that had it is lost.")
  private boolean again;

  FarmKeyRotate(Operator operator) {
    this.operator = operator;
  }

  @Override
  public Integer call() throws Exception {
    Rotations.FarmKeyStatus status = operator.client().rotateFarmKey(again);
    operator.answer(
        status,
        () ->
            "on its way: the farm goes over to key %s by itself\n  -> look: farmctl farm-key status\n"
                .formatted(Text.safe(String.valueOf(status.next()))));
    return 0;
  }
}
