package io.portcullis.farm.cli;

import io.portcullis.farm.api.wire.Wire;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What may still fail among the coordinators before the farm cannot be changed; nodes serve on in any case.
final class Endurance {
  private static final String DOWN = "down";

  private Endurance() {}

  /// @param ensemble where others run it; null where the coordinators do
  /// @return empty if no coordinator is known
  static String words(List<Wire.CoordinatorStatus> coordinators, @Nullable String ensemble) {
    int all = coordinators.size();
    if (all == 0) {
      return "";
    }
    List<String> down =
        coordinators.stream()
            .filter(one -> one.state().equals(DOWN))
            .map(Wire.CoordinatorStatus::id)
            .toList();
    if (ensemble != null) {
      return guest(all, down, ensemble);
    }
    int spare = all - down.size() - (all / 2 + 1);
    if (!down.isEmpty()) {
      return String.join(", ", down)
          + (down.size() == 1 ? " is down" : " are down")
          + ": "
          + of(spare, true)
          + "; start or replace "
          + (down.size() == 1 ? "it" : "them");
    }
    return of(spare, false)
        + switch (all) {
          case 1 -> "; let two more join";
          case 2 -> "; let a third join";
          default -> all % 2 == 0 ? "; one more would let one more fail" : "";
        };
  }

  /// Any one coordinator is enough where the majority is somebody else's.
  private static String guest(int all, List<String> down, String ensemble) {
    String lost = down.isEmpty() ? "" : String.join(", ", down) + " down: start or replace; ";
    int spare = all - down.size() - 1;
    String may =
        spare == 0
            ? "none of them may fail, or nothing can be changed"
            : spare + " of them may fail";
    return "%sexternal ensemble %s: its operators keep it alive, this farm's coordinators only lead; %s"
        .formatted(lost, ensemble, may);
  }

  /// @param more whether some have failed already
  private static String of(int spare, boolean more) {
    return switch (spare) {
      case 0 -> (more ? "no other may fail" : "none may fail") + ", or nothing can be changed";
      case 1 -> more ? "one more may fail" : "one may fail";
      default -> spare + (more ? " more" : "") + " may fail";
    };
  }
}
