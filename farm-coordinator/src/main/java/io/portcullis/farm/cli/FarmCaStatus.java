package io.portcullis.farm.cli;

import io.portcullis.farm.api.wire.Rotations;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/// `farmctl farm-ca status`: whose certificates the farm takes, and how far a rotation is.
@Command(
    name = "status",
    description = {
      "Show the farm's CA, how far the way to another one is, and who has to renew an identity.",
      "Exit code 1 while the farm is on its way."
    },
    footer = {"", "Example:  farmctl farm-ca status"})
final class FarmCaStatus implements Callable<Integer> {
  /// As many hex digits as tell two CAs apart on a screen.
  private static final int SHOWN = 16;

  private final Operator operator;

  FarmCaStatus(Operator operator) {
    this.operator = operator;
  }

  @Override
  public Integer call() throws Exception {
    Rotations.FarmCaStatus status = operator.client().farmCa();
    operator.answer(status, () -> words(status));
    return status.next() == null ? 0 : CommandFailure.NOT_FINE;
  }

  static String words(Rotations.FarmCaStatus status) {
    String next = shown(status.next());
    String stage =
        switch (status.stage()) {
          case "settled" ->
              "farm CA  %s, since %s\n".formatted(shown(status.current()), status.since());
          case "announced" ->
              "farm CA  %s; everybody learns to trust %s, since %s\n"
                  .formatted(shown(status.current()), next, status.since());
          default ->
              "farm CA  %s signs, %s is trusted until everybody has renewed, since %s\n"
                  .formatted(next, shown(status.current()), status.since());
        };
    String waiting =
        status.waitingFor().isEmpty()
            ? ""
            : "waits for %s\n  -> they follow by themselves; remove whoever is stuck\n"
                .formatted(Text.safe(String.join(", ", status.waitingFor())));
    String toRenew =
        status.toRenew().isEmpty()
            ? ""
            : ("has to renew: %s\n  -> machines do when they are back, people with any farmctl command;"
                    + " or remove them, or go on without: farmctl farm-ca finish\n")
                .formatted(Text.safe(String.join(", ", status.toRenew())));
    return stage + waiting + toRenew;
  }

  private static String shown(@Nullable String fingerprint) {
    String text = fingerprint == null ? "" : fingerprint;
    return Text.safe(text.substring(0, Math.min(SHOWN, text.length())));
  }
}
