package io.portcullis.farm.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HomecomingTest {
  private static final Duration HOURS = Duration.ofHours(5);

  private long now;
  private double drawn;
  private final Homecoming homecoming = new Homecoming(() -> now, () -> drawn);

  private void pass(Duration time) {
    now += time.toNanos();
  }

  @Test
  void afterHoursAwayAFarmOfAThousandAsksBitByBit() {
    int[] inEachTenth = new int[10];
    Random random = new Random(4);
    for (int i = 0; i < 1_000; i++) {
      Duration pause = Homecoming.pause(HOURS, random.nextDouble());
      assertThat(pause).isBetween(Duration.ZERO, Homecoming.WIDEST);
      inEachTenth[(int) (pause.toMillis() * 10 / (Homecoming.WIDEST.toMillis() + 1))]++;
    }
    assertThat(Arrays.stream(inEachTenth)).allMatch(count -> count > 60 && count < 140);
  }

  /// What a node waits for in the worst case, one after the other: Curator's connection, its own pause, and a look that failed once.
  @Test
  void everybodyIsBackWithinThirtySeconds() {
    Duration connecting = Duration.ofSeconds(5);
    assertThat(connecting.plus(Homecoming.WIDEST).plus(FarmWatch.LOOK_ANYWAY))
        .isLessThan(Duration.ofSeconds(30));
  }

  @Test
  void aShortAbsenceCostsNoWait() {
    drawn = 0.99;
    homecoming.connected(true);
    pass(Duration.ofMinutes(9));
    homecoming.connected(false);
    pass(Homecoming.SHORT.minusMillis(1));
    homecoming.connected(true);
    assertThat(homecoming.waits()).isFalse();
  }

  @Test
  void aLongAbsenceCostsThePauseOnce() {
    drawn = 0.5;
    homecoming.connected(true);
    homecoming.connected(false);
    pass(Duration.ofMinutes(1));
    // Lost after it was suspended: the absence began with the first word.
    homecoming.connected(false);
    pass(Duration.ofMinutes(4));
    homecoming.connected(true);
    assertThat(homecoming.left()).isEqualTo(Homecoming.WIDEST.dividedBy(2));
    homecoming.connected(true);
    assertThat(homecoming.left()).isEqualTo(Homecoming.WIDEST.dividedBy(2));
    pass(Homecoming.WIDEST);
    assertThat(homecoming.waits()).isFalse();
  }

  @Test
  void aStartWhileTheFarmIsAwayCountsAsAnAbsence() {
    drawn = 1;
    pass(HOURS);
    homecoming.connected(true);
    assertThat(homecoming.left()).isEqualTo(Homecoming.WIDEST);
  }
}
