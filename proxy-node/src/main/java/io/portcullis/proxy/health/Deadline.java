package io.portcullis.proxy.health;

import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// A point in time that all steps of a check share.
record Deadline(long nanos) {

  static Deadline in(Duration patience) {
    return new Deadline(System.nanoTime() + patience.toNanos());
  }

  /// At least 1, because sockets take 0 for never.
  int millisLeft() throws SocketTimeoutException {
    long left = nanos - System.nanoTime();
    if (left <= 0) {
      throw new SocketTimeoutException("timed out");
    }
    return (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(left));
  }
}
