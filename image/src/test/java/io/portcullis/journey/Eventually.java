package io.portcullis.journey;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/// Waits on observable state, never on time alone.
final class Eventually {

  private static final long LOOK_EVERY_NANOS = 20_000_000;

  private Eventually() {}

  static void until(String what, Callable<Boolean> holds) {
    until(what, Program.PATIENCE, holds);
  }

  static void until(String what, Duration patience, Callable<Boolean> holds) {
    long deadline = System.nanoTime() + patience.toNanos();
    Throwable last = null;
    while (System.nanoTime() - deadline < 0) {
      try {
        if (holds.call()) {
          return;
        }
        last = null;
      } catch (Exception | AssertionError e) {
        last = e;
      }
      LockSupport.parkNanos(LOOK_EVERY_NANOS);
    }
    throw new AssertionError("not within " + patience + ": " + what, last);
  }
}
