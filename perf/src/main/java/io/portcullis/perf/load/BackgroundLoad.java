package io.portcullis.perf.load;

import io.portcullis.farm.verify.SignIn;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Load that runs while something else happens to its target, until it is concluded. For targets on this machine that the
/// caller runs: nobody is asked for consent.
public final class BackgroundLoad implements AutoCloseable {

  /// Whoever forgets to conclude it does not load the machine for ever.
  private static final Duration LIMIT = Duration.ofMinutes(30);

  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final long POLL_MILLIS = 20;

  private final LoadRun run;
  private final FutureTask<LoadResult> result;
  private final AtomicLong answered = new AtomicLong();
  private final CountDownLatch ended = new CountDownLatch(1);

  /// @param model a word of `farmctl perf load --model`
  /// @param connections kept ones at most
  /// @param sources how many loopback addresses the users come from
  /// @param who signs in, in the models that do; null for nobody
  public record Ask(
      Site site,
      Path trust,
      String model,
      double rate,
      int connections,
      int sources,
      @Nullable SignIn who) {}

  private BackgroundLoad(LoadRun run) {
    this.run = run;
    this.result =
        new FutureTask<>(() -> {
          try {
            return run.run(second -> answered.addAndGet(second.answered()));
          } finally {
            ended.countDown();
          }
        });
  }

  /// @throws IllegalArgumentException if the target is not on this machine, or there is no such model
  public static BackgroundLoad start(Ask ask) {
    Measurement.requireHere(ask.site());
    BackgroundLoad load =
        new BackgroundLoad(
            new LoadRun(
                new LoadPlan(
                    ask.site(),
                    ask.model(),
                    Models.of(ask.model(), ask.site(), null, null, ask.who()),
                    ask.rate(),
                    false,
                    LIMIT,
                    ask.connections(),
                    Sources.loopback(ask.sources()),
                    TIMEOUT,
                    1,
                    1,
                    ask.trust())));
    Thread.ofVirtual().name("background load " + ask.model()).start(load.result);
    return load;
  }

  /// Waits for so many further right answers; counts, not time, say that the load is under way.
  ///
  /// @return whether they came within the limit, and before the run ended
  public boolean awaitAnswers(long more, Duration limit) throws InterruptedException {
    long wanted = answered.get() + more;
    long deadline = System.nanoTime() + limit.toNanos();
    while (answered.get() < wanted) {
      if (ended.await(POLL_MILLIS, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
        return answered.get() >= wanted;
      }
    }
    return true;
  }

  /// No further arrivals; what is under way finishes.
  ///
  /// @throws IOException if it could not run at all
  public LoadResult conclude() throws IOException, InterruptedException {
    run.conclude();
    try {
      return result.get();
    } catch (ExecutionException e) {
      throw new IOException("the load did not run: " + e.getCause(), e);
    }
  }

  /// The most connections there were at once with one of the site's addresses; after `conclude`.
  public int mostConnections(int address) {
    return run.peak(address);
  }

  @Override
  public void close() {
    run.stop();
  }
}
