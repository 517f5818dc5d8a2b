package io.portcullis.proxy.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SourceRatesTest {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final AtomicLong clock = new AtomicLong(-5 * SECOND);
  private final SourceRates rates = new SourceRates(clock::get);

  private int allowed(long source, int perSecond, int tries) {
    int allowed = 0;
    for (int i = 0; i < tries; i++) {
      allowed += rates.allows(source, perSecond) ? 1 : 0;
    }
    return allowed;
  }

  @Test
  void burstIsOneSecondsWorthAndThenTheRateHolds() {
    assertThat(allowed(1, 10, 50)).isEqualTo(10);
    int later = 0;
    for (int tenth = 0; tenth < 100; tenth++) {
      clock.addAndGet(SECOND / 10);
      later += allowed(1, 10, 5);
    }
    assertThat(later).isBetween(99, 101);
  }

  @Test
  void oneASecondMeansOneASecond() {
    int allowed = 0;
    for (int i = 0; i < 100; i++) {
      allowed += allowed(7, 1, 2);
      clock.addAndGet(SECOND / 4);
    }
    assertThat(allowed).isBetween(24, 26);
  }

  @Test
  void sourcesDoNotSpendEachOthersAllowance() {
    assertThat(allowed(1, 5, 100)).isEqualTo(5);
    for (long source = 2; source < 2_000; source++) {
      assertThat(allowed(source, 5, 5)).as("source " + source).isEqualTo(5);
    }
  }

  @Test
  void allowanceDoesNotGrowBeyondASecondsWorth() {
    assertThat(allowed(1, 10, 10)).isEqualTo(10);
    clock.addAndGet(1_000 * SECOND);
    assertThat(allowed(1, 10, 50)).isEqualTo(10);
  }

  /// 2^40 units of 1.024 µs, and a little more: an old entry must not look as if it were ahead.
  @Test
  void entryOfAnEarlierRoundOfTheClockIsNoDebt() {
    for (int i = 0; i < 40; i++) {
      assertThat(allowed(3, 10, 20)).isEqualTo(10);
      clock.addAndGet((1L << 40 << 10) / 8 + 12_345_678);
    }
  }

  /// Past the bound: floods stay bounded, and nobody within the limit is refused.
  @Test
  void amongVeryManySourcesTheFloodIsStillRefusedAndTheModestAreNot() {
    Random random = new Random(4);
    int flood = 0;
    int refusedModest = 0;
    for (int i = 0; i < 400_000; i++) {
      clock.addAndGet(SECOND / 100_000);
      refusedModest += rates.allows(random.nextLong(), 10) ? 0 : 1;
      flood += rates.allows(99, 10) ? 1 : 0;
    }
    // Four seconds: 10 at once and 10 a second.
    assertThat(flood).isBetween(49, 100);
    assertThat(refusedModest).isZero();
  }

  @Test
  void threadsTogetherGetNoMoreThanOne() throws InterruptedException {
    int threads = 4;
    AtomicInteger allowed = new AtomicInteger();
    CountDownLatch start = new CountDownLatch(1);
    Thread[] all = new Thread[threads];
    for (int t = 0; t < threads; t++) {
      all[t] =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  start.await();
                } catch (InterruptedException e) {
                  return;
                }
                allowed.addAndGet(allowed(5, 1_000, 20_000));
              });
    }
    // The place is taken before they race for it.
    allowed.addAndGet(allowed(5, 1_000, 1));
    start.countDown();
    for (Thread thread : all) {
      thread.join();
    }
    assertThat(allowed).hasValue(1_000);
  }
}
