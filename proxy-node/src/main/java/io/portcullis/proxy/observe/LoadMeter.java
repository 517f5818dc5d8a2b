package io.portcullis.proxy.observe;

import io.portcullis.proxy.message.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// How a node does, in three numbers that only grow: answers, failures, and how many took up to 1, 2, 4, 8, ... milliseconds. A canary is judged
/// by them. Event loops add, whoever reports sums.
public final class LoadMeter {

  /// The last step is over an hour: longer than any exchange may last.
  static final int STEPS = 23;

  private static final long NANOS_PER_MILLI = 1_000_000;

  private static final int SERVER_ERROR = 500;

  private final LongAdder failed = new LongAdder();
  private final LongAdder[] durations = new LongAdder[STEPS];

  public LoadMeter() {
    for (int i = 0; i < STEPS; i++) {
      durations[i] = new LongAdder();
    }
  }

  /// What a client did wrong, or broke off, is not counted as this farm's failure.
  void ended(int status, @Nullable Failure failure, long nanos) {
    durations[step(nanos)].increment();
    boolean ours = failure == null ? status >= SERVER_ERROR : failure.side() != Failure.Side.CLIENT;
    if (ours) {
      failed.increment();
    }
  }

  public void ended(AccessRecord exchange) {
    ended(exchange.status, exchange.failure, exchange.headNanos + exchange.totalNanos);
  }

  static int step(long nanos) {
    long millis = Math.ceilDiv(nanos, NANOS_PER_MILLI);
    return millis <= 1 ? 0 : Math.min(STEPS - 1, Long.SIZE - Long.numberOfLeadingZeros(millis - 1));
  }

  public long failed() {
    return failed.sum();
  }

  public List<Long> durations() {
    List<Long> sums = new ArrayList<>(STEPS);
    for (LongAdder one : durations) {
      sums.add(one.sum());
    }
    return sums;
  }
}
