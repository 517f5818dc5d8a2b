package io.portcullis.farm.leader;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ExpiryLevelTest {
  private static final Instant NOW = Instant.EPOCH;

  @Test
  void theNearestOfThirtyFourteenSevenAndOneDaysIsTold() {
    assertThat(ExpiryChores.level(NOW.plus(Duration.ofDays(31)), NOW)).isEmpty();
    assertThat(ExpiryChores.level(NOW.plus(Duration.ofDays(30)), NOW)).hasValue(30);
    assertThat(ExpiryChores.level(NOW.plus(Duration.ofDays(15)), NOW)).hasValue(30);
    assertThat(ExpiryChores.level(NOW.plus(Duration.ofDays(14)), NOW)).hasValue(14);
    assertThat(ExpiryChores.level(NOW.plus(Duration.ofDays(7)), NOW)).hasValue(7);
    assertThat(ExpiryChores.level(NOW.plus(Duration.ofHours(20)), NOW)).hasValue(1);
    assertThat(ExpiryChores.level(NOW, NOW)).hasValue(0);
    assertThat(ExpiryChores.level(NOW.minusSeconds(1), NOW)).hasValue(0);
  }
}
