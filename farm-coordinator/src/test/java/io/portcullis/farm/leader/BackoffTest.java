package io.portcullis.farm.leader;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private static final Instant NOW = Instant.EPOCH;
  private static final AcmeChores.Spans SPANS = AcmeChores.Spans.USUAL;

  private static Duration wait(int failures, Optional<Instant> wish) {
    return Duration.between(
        NOW, Backoff.next(failures, wish, NOW, SPANS, new SplittableRandom(failures)));
  }

  @Test
  void eachWaitIsTwiceTheOneBeforeAndAtMostAQuarterLonger() {
    for (int failures = 1; failures <= 8; failures++) {
      Duration plain = Duration.ofMinutes(2L << (failures - 1));
      Duration bounded = plain.compareTo(SPANS.lastRetry()) > 0 ? SPANS.lastRetry() : plain;
      assertThat(wait(failures, Optional.empty()))
          .isBetween(bounded, bounded.plus(bounded.dividedBy(4)));
    }
    assertThat(wait(1_000_000, Optional.empty()))
        .isBetween(Duration.ofHours(6), Duration.ofMinutes(450));
  }

  @Test
  void fiveTriesAtMostAreMadeWithinTheFirstHour() {
    Duration since = Duration.ZERO;
    int tries = 1;
    for (int failures = 1; since.compareTo(Duration.ofHours(1)) < 0; failures++) {
      since = since.plus(Duration.ofMinutes(2L << (failures - 1)));
      tries += since.compareTo(Duration.ofHours(1)) < 0 ? 1 : 0;
    }
    assertThat(tries).isEqualTo(5);
  }

  @Test
  void anAuthorityIsNotAskedBeforeItWantsAndIsBelievedForTwoDaysAtMost() {
    assertThat(wait(1, Optional.of(NOW.plus(Duration.ofHours(9))))).isEqualTo(Duration.ofHours(9));
    assertThat(wait(1, Optional.of(NOW.plusSeconds(1))))
        .isGreaterThanOrEqualTo(Duration.ofMinutes(2));
    assertThat(wait(1, Optional.of(NOW.plus(Duration.ofDays(900))))).isEqualTo(Duration.ofDays(2));
  }
}
