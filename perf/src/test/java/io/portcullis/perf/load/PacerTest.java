package io.portcullis.perf.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PacerTest {

  private static final long MILLI = 1_000_000;

  private final List<Long> started = new ArrayList<>();

  @Test
  void requestsDelayedByAStallKeepTheTimesTheyWereDue() {
    Pacer pacer = new Pacer(Arrivals.even(0, 1000), 20 * MILLI);
    pacer.turn(0, started::add);
    pacer.turn(10 * MILLI, started::add); // nothing ran for ten milliseconds
    assertThat(started)
        .containsExactlyElementsOf(
            List.of(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L).stream()
                .map(n -> n * MILLI)
                .toList());
  }

  @Test
  void asksToBeWokenWhenTheNextIsDue() {
    Pacer pacer = new Pacer(Arrivals.even(0, 1000), 20 * MILLI);
    assertThat(pacer.turn(MILLI / 4, started::add)).isEqualTo(MILLI * 3 / 4);
  }

  @Test
  void nothingIsDueFromTheEndOn() {
    Pacer pacer = new Pacer(Arrivals.even(0, 1000), 5 * MILLI);
    assertThat(pacer.turn(100 * MILLI, started::add)).isNegative();
    assertThat(started).hasSize(5);
  }

  @Test
  void aLongBacklogLetsTheLoopLookAtItsSocketsInBetween() {
    Pacer pacer = new Pacer(Arrivals.even(0, 1_000_000), 1000 * MILLI);
    assertThat(pacer.turn(100 * MILLI, started::add)).isZero();
    assertThat(started).hasSizeLessThan(1000);
  }

  @Test
  void aMillionEvenArrivalsDoNotDrift() {
    Arrivals arrivals = Arrivals.even(7, 3000);
    long last = 0;
    for (int i = 0; i < 1_000_000; i++) {
      last = arrivals.next();
    }
    assertThat(last).isEqualTo(7 + (long) (999_999 * 1e9 / 3000));
  }

  @Test
  void randomArrivalsAreTheSameForTheSameSeedAndCloseToTheRate() {
    Arrivals one = Arrivals.random(0, 1000, 42);
    Arrivals same = Arrivals.random(0, 1000, 42);
    long last = 0;
    for (int i = 0; i < 100_000; i++) {
      last = one.next();
      assertThat(same.next()).isEqualTo(last);
    }
    assertThat(last).isBetween(99_000 * MILLI, 101_000 * MILLI);
  }
}
