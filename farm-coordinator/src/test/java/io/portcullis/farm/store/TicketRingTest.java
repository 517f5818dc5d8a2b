package io.portcullis.farm.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TicketRingTest {
  private static final Instant NOW = Instant.EPOCH;
  private static final Duration HOUR = Duration.ofHours(1);

  private final TicketRing first = TicketRing.first(NOW);

  @Test
  void aNewKeyOpensBeforeItSeals() {
    TicketRing announced = first.announcing(NOW);

    assertThat(announced.keys()).extracting(TicketRing.Key::number).containsExactly(2L, 1L);
    assertThat(announced.secrets().getFirst()).isEqualTo(first.secrets().getFirst());
    assertThat(announced.secrets()).hasSize(2);

    TicketRing promoted = announced.promoting(NOW);
    assertThat(promoted.secrets().getFirst()).isEqualTo(announced.secrets().get(1));
    assertThat(promoted.secrets().get(1)).isEqualTo(first.secrets().getFirst());
    assertThat(promoted.generation()).isEqualTo(3);
  }

  @Test
  void oneKeyIsOnItsWayAtATime() {
    TicketRing announced = first.announcing(NOW);
    assertThat(announced.announcing(NOW)).isSameAs(announced);
    assertThat(first.promoting(NOW)).isSameAs(first);
  }

  @Test
  void aRetiredKeyIsDestroyedAfterItsLifetimeAndNotBefore() {
    TicketRing rotated = first.announcing(NOW).promoting(NOW);

    assertThat(rotated.forgetting(NOW.plus(HOUR).minusSeconds(1), HOUR)).isSameAs(rotated);
    TicketRing left = rotated.forgetting(NOW.plus(HOUR), HOUR);
    assertThat(left.keys())
        .singleElement()
        .extracting(TicketRing.Key::state)
        .isEqualTo(TicketRing.State.SEALING);
    assertThat(left.generation()).isGreaterThan(rotated.generation());
  }

  @Test
  void rotationsInARowLeaveABoundedRing() {
    TicketRing ring = first;
    for (int i = 0; i < 20; i++) {
      ring = ring.announcing(NOW);
      assertThat(ring.keys()).hasSizeLessThanOrEqualTo(2 + TicketRing.MOST_RETIRED);
      ring = ring.promoting(NOW);
    }
    assertThat(ring.keys())
        .extracting(TicketRing.Key::state)
        .containsExactly(
            TicketRing.State.SEALING, TicketRing.State.RETIRED, TicketRing.State.RETIRED);
    assertThat(ring.keys().getFirst().number()).isEqualTo(21);
  }

  @Test
  void keysAreNeverPrinted() {
    byte[] secret = first.keys().getFirst().secret();
    assertThat(first.toString())
        .doesNotContain(java.util.HexFormat.of().formatHex(secret))
        .doesNotContain(java.util.Arrays.toString(secret))
        .contains("SEALING");
  }
}
