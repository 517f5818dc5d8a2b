package io.portcullis.farm.leader;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RoundsTest {

  private static final Duration SOON = Duration.ofMillis(1);

  private static void await(CountDownLatch latch) throws InterruptedException {
    assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aChoreThatFailsIsTriedAgain() throws Exception {
    CountDownLatch rounds = new CountDownLatch(3);
    try (Rounds<String> _ =
        new Rounds<>(
            "test chores",
            SOON,
            () -> Optional.of("a term"),
            _ -> {
              rounds.countDown();
              throw new IllegalStateException("nobody foresaw this");
            })) {
      await(rounds);
    }
  }

  @Test
  void onlyALeaderDoesChores() throws Exception {
    AtomicBoolean leads = new AtomicBoolean();
    AtomicInteger asLeader = new AtomicInteger();
    AtomicInteger otherwise = new AtomicInteger();
    CountDownLatch asked = new CountDownLatch(3);
    CountDownLatch done = new CountDownLatch(2);
    try (Rounds<String> _ =
        new Rounds<>(
            "test chores",
            SOON,
            () -> {
              asked.countDown();
              return leads.get() ? Optional.of("a term") : Optional.empty();
            },
            _ -> {
              (leads.get() ? asLeader : otherwise).incrementAndGet();
              done.countDown();
            })) {
      await(asked);
      assertThat(done.getCount()).isEqualTo(2);
      leads.set(true);
      await(done);
    }
    assertThat(otherwise).hasValue(0);
    assertThat(asLeader.get()).isGreaterThanOrEqualTo(2);
  }

  @Test
  void theEndWaitsForTheRoundThatRuns() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicBoolean ended = new AtomicBoolean();
    Rounds<String> rounds =
        new Rounds<>(
            "test chores",
            SOON,
            () -> Optional.of("a term"),
            _ -> {
              begun.countDown();
              try {
                new CountDownLatch(1).await();
              } finally {
                ended.set(true);
              }
            });
    await(begun);
    rounds.close();
    assertThat(ended).isTrue();
  }
}
