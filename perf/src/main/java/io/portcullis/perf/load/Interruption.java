package io.portcullis.perf.load;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Ctrl-C and SIGTERM while load runs: the first asks it to end well and waits for its report.
final class Interruption implements AutoCloseable {

  /// Longer than a run's grace for answers under way, and writing the report.
  private static final long PATIENCE_SECONDS = 45;

  private static final CountDownLatch REPORTED = new CountDownLatch(1);

  private final Thread hook;

  private Interruption(Thread hook) {
    this.hook = hook;
  }

  /// While open, a signal calls `stop` and lets the main thread finish.
  static Interruption calls(Runnable stop) {
    Thread hook =
        new Thread(
            () -> {
              stop.run();
              try {
                REPORTED.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "interrupted");
    Runtime.getRuntime().addShutdownHook(hook);
    return new Interruption(hook);
  }

  /// The report is written: a process that is being stopped may end now.
  static void reported() {
    REPORTED.countDown();
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The shutdown is what called us.
    }
  }
}
