package io.portcullis.appliance;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which card serves which side: settings meet the machine.
record Placement(Cards.Card external, Cards.@Nullable Card internal) {

  sealed interface Outcome {
    record Placed(Placement placement) implements Outcome {}

    record Missing(List<String> problems) implements Outcome {}
  }

  static Outcome of(Settings settings, Cards cards) {
    List<String> problems = new ArrayList<>();
    Cards.Card external = pick("external", settings.external(), 0, cards, problems);
    Settings.Side side = settings.internal();
    Cards.Card internal = side == null ? null : pick("internal", side, 1, cards, problems);
    if (external != null && external.equals(internal)) {
      problems.add(
          "internal: is on the same card as external, %s\n  -> name two cards of: %s"
              .formatted(external.name(), cards.listed()));
    }
    return problems.isEmpty() && external != null
        ? new Outcome.Placed(new Placement(external, internal))
        : new Outcome.Missing(problems);
  }

  private static Cards.@Nullable Card pick(
      String what, Settings.Side side, int place, Cards cards, List<String> problems) {
    Cards.Card card = cards.pick(side.card(), place).orElse(null);
    if (card == null) {
      problems.add(
          "%s: this machine has no such network card; it has: %s\n  -> give it another card, or name one: %s ... card NAME-OR-MAC"
              .formatted(what, cards.listed(), what));
    }
    return card;
  }

  /// Where administration comes in: inside, or on the only card.
  Cards.Card inner() {
    return internal == null ? external : internal;
  }
}
