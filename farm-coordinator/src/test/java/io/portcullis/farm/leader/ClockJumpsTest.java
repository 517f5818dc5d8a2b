package io.portcullis.farm.leader;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.store.TicketRing;
import io.portcullis.farm.store.Unconfirmed;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// Coordinators whose clock was wrong for a while, and what they wrote in that time.
class ClockJumpsTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final Duration YEAR = Duration.ofDays(365);
  private static final Duration SPAN = Duration.ofHours(12);

  @Test
  void aKeyOfAClockThatWasAheadIsReplacedAtOnceAndNotInAYear() {
    assertThat(TicketRing.isOver(NOW, SPAN, NOW)).isFalse();
    assertThat(TicketRing.isOver(NOW, SPAN, NOW.plus(SPAN))).isTrue();
    assertThat(TicketRing.isOver(NOW.plus(YEAR), SPAN, NOW)).isTrue();
    assertThat(TicketRing.isOver(NOW.plusSeconds(60), SPAN, NOW)).as("a little ahead").isFalse();
  }

  @Test
  void aRetiredKeyOfAClockThatWasAheadIsDestroyed() {
    TicketRing ring = TicketRing.first(NOW.plus(YEAR)).announcing(NOW.plus(YEAR));
    assertThat(ring.promoting(NOW.plus(YEAR)).forgetting(NOW, SPAN).keys()).hasSize(1);
  }

  @Test
  void aRevisionThatWaitsForAConfirmationWaitsADayAtMost() {
    Unconfirmed soon = new Unconfirmed(2, 1, NOW.plus(Duration.ofMinutes(5)).toEpochMilli());
    assertThat(ConfirmationChores.isOver(soon, NOW)).isFalse();
    assertThat(ConfirmationChores.isOver(soon, NOW.plus(YEAR))).isTrue();
    assertThat(ConfirmationChores.isOver(soon, NOW.minus(YEAR))).isTrue();
  }
}
