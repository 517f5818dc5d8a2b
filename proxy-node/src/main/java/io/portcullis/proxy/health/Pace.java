package io.portcullis.proxy.health;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

/// How long to wait for the next look at a member: its interval, a little more or less each time, so that checks that began together, of
/// many members and on many nodes, drift apart and do not meet again.
final class Pace {

  /// Share of the interval that a pause may be longer or shorter: enough to come apart at once, too little to notice an outage late.
  static final double JITTER = 0.1;

  /// What nodes go by.
  static final Pace BY_CHANCE = new Pace(() -> ThreadLocalRandom.current().nextDouble());

  private final DoubleSupplier chance;

  /// @param chance a number from 0 to 1 for each pause; asked by the threads of all watches
  Pace(DoubleSupplier chance) {
    this.chance = chance;
  }

  long pauseNanos(Duration interval) {
    double spread = 1 + JITTER * (2 * chance.getAsDouble() - 1);
    return (long) (interval.toNanos() * spread);
  }
}
