package io.portcullis.perf.load;

import java.util.function.LongConsumer;

/// Turns the clock into starts. What is late is started late but keeps its due time, from which its latency counts: a
/// stall of the target, or of this process, cannot hide the requests it delayed (coordinated omission).
final class Pacer {

  /// So many at once and the loop looks at its sockets again; the rest follow in the next turn.
  private static final int MAX_BATCH = 256;

  private final Arrivals arrivals;
  private final long end;
  private long due;

  /// @param end nothing is due from here on
  Pacer(Arrivals arrivals, long end) {
    this.arrivals = arrivals;
    this.end = end;
    this.due = arrivals.next();
  }

  /// Starts what is due at `now`.
  ///
  /// @param start takes the due time
  /// @return nanoseconds until it wants to be asked again: 0 at once, negative never
  long turn(long now, LongConsumer start) {
    for (int i = 0; i < MAX_BATCH; i++) {
      if (due - end >= 0) {
        return -1;
      }
      if (due - now > 0) {
        return due - now;
      }
      long time = due;
      due = arrivals.next();
      start.accept(time);
    }
    return 0;
  }
}
