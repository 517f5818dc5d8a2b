package io.portcullis.proxy.observe;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.EventExecutorGroup;
import io.prometheus.client.Histogram;
import java.util.concurrent.TimeUnit;

/// How late event loops come to work that was due: what a blocked or overloaded loop adds to every request on it.
final class LoopLag implements Runnable {

  private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final double NANOS = 1e9;

  private final Histogram.Child lags;
  private long dueNanos;

  private LoopLag(Histogram.Child lags) {
    this.lags = lags;
    this.dueNanos = System.nanoTime() + PERIOD_NANOS;
  }

  static void watch(EventExecutorGroup loops, NodeMetrics metrics) {
    Histogram lags =
        metrics.register(
            Histogram.build(
                    "portcullis_event_loop_lag_seconds",
                    "How late event loops come to work that is due.")
                .buckets(.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5));
    for (EventExecutor loop : loops) {
      loop.execute(() ->
          loop.scheduleAtFixedRate(
              new LoopLag(lags.labels()), PERIOD_NANOS, PERIOD_NANOS, TimeUnit.NANOSECONDS));
    }
  }

  /// After a long stop the missed rounds follow at once: they are not late again.
  @Override
  public void run() {
    long now = System.nanoTime();
    lags.observe(Math.max(0, now - dueNanos) / NANOS);
    dueNanos = Math.max(dueNanos, now - PERIOD_NANOS) + PERIOD_NANOS;
  }
}
