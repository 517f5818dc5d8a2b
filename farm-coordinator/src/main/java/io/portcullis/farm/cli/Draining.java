package io.portcullis.farm.cli;

import io.portcullis.farm.api.wire.Wire;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What draining a member and draining a node have in common.
final class Draining {
  private Draining() {}

  static long seconds(@Nullable Duration time) {
    return time == null ? 0 : Math.max(1, time.toSeconds());
  }

  static void tell(Operator operator, String kind, String name, Wire.DrainResponse answer) {
    Instant until =
        answer.drains().stream()
            .filter(drain -> drain.kind().equals(kind) && drain.name().equals(name))
            .findFirst()
            .map(Wire.DrainStatus::until)
            .orElse(null);
    operator.tell(
        "%s %s is draining %s"
            .formatted(
                kind,
                Text.safe(name),
                until == null
                    ? "until: farmctl %s resume %s".formatted(kind, Text.safe(name))
                    : "until " + until));
    if (answer.warning() != null) {
      operator.tell("! " + Text.safe(answer.warning()));
    }
  }
}
