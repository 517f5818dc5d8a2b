package io.portcullis.proxy;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/// Time that goes on at its pace whatever becomes of the machine's clock: for how long something may last, not for when it was.
///
/// @param nanos a steady clock with any beginning
record SteadyClock(Instant begin, long first, LongSupplier nanos) implements InstantSource {

  /// From now on.
  static SteadyClock start(InstantSource wall, LongSupplier nanos) {
    return new SteadyClock(wall.instant(), nanos.getAsLong(), nanos);
  }

  @Override
  public Instant instant() {
    return begin.plusNanos(nanos.getAsLong() - first);
  }
}
