package io.portcullis.farm.cli;

import io.portcullis.farm.api.wire.Rotations;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/// `farmctl farm-key status`: which key seals, and how far a rotation is.
@Command(
    name = "status",
    description = {
      "Show which farm key seals the farm's secrets, and how far a rotation is.",
      "Exit code 1 while one is on its way."
    },
    footer = {"", "Example:  farmctl farm-key status"})
final class FarmKeyStatus implements Callable<Integer> {
  private final Operator operator;

  FarmKeyStatus(Operator operator) {
    this.operator = operator;
  }

  @Override
  public Integer call() throws Exception {
    Rotations.FarmKeyStatus status = operator.client().farmKey();
    operator.answer(status, () -> words(status));
    return status.next() == null ? 0 : CommandFailure.NOT_FINE;
  }

  static String words(Rotations.FarmKeyStatus status) {
    String since = "since " + status.since() + "\n";
    String key =
        switch (status.stage()) {
          case "settled" -> "farm key  " + Text.safe(status.current()) + ", " + since;
          case "announced" ->
              "farm key  %s; %s is being handed out, %s"
                  .formatted(Text.safe(status.current()), next(status.next()), since);
          default ->
              "farm key  %s; everything sealed with %s is being sealed anew, %s"
                  .formatted(next(status.next()), Text.safe(status.current()), since);
        };
    return status.waitingFor().isEmpty()
        ? key
        : key
            + "waits for %s\n  -> it goes on when they are back, or removed; what is served stays\n"
                .formatted(Text.safe(String.join(", ", status.waitingFor())));
  }

  private static String next(@Nullable String key) {
    return Text.safe(key == null ? "" : key);
  }
}
