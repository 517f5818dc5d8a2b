package io.portcullis.farm.store;

import java.time.Duration;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/// When a process asks the farm again after it was away. Everybody notices its return in the same second; so that not everybody asks for
/// revisions, certificates and bindings in that second, each waits a while of its own, longer after a longer absence. A short one, as when
/// another member of the ensemble takes over, costs no wait.
///
/// Any thread may call it.
final class Homecoming {
  /// Longer than a change of leaders usually takes: until then nobody has missed much, and bindings must not wait.
  static final Duration SHORT = Duration.ofSeconds(10);

  /// Of an absence of [#LONG] or more. With a look that follows at once, a farm of any size is together again well within 30 seconds.
  static final Duration WIDEST = Duration.ofSeconds(8);

  static final Duration LONG = Duration.ofMinutes(2);

  private final LongSupplier nanos;
  private final DoubleSupplier draw;
  private boolean away = true;
  private long since;
  private long quietUntil;

  /// Begins away.
  ///
  /// @param nanos a steady clock
  /// @param draw from 0 up to 1
  Homecoming(LongSupplier nanos, DoubleSupplier draw) {
    this.nanos = nanos;
    this.draw = draw;
    since = nanos.getAsLong();
    quietUntil = since;
  }

  synchronized void connected(boolean connected) {
    long now = nanos.getAsLong();
    if (connected && away) {
      quietUntil = now + pause(Duration.ofNanos(now - since), draw.getAsDouble()).toNanos();
    } else if (!connected && !away) {
      since = now;
    }
    away = !connected;
  }

  /// How long still to wait; zero or less if not.
  synchronized Duration left() {
    return Duration.ofNanos(quietUntil - nanos.getAsLong());
  }

  boolean waits() {
    return left().isPositive();
  }

  /// @param drawn from 0 up to 1
  static Duration pause(Duration away, double drawn) {
    if (away.compareTo(SHORT) < 0) {
      return Duration.ZERO;
    }
    double share = Math.min(1, (double) away.toMillis() / LONG.toMillis());
    return Duration.ofMillis((long) (WIDEST.toMillis() * share * drawn));
  }
}
