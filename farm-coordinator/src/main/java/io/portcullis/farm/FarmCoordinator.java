package io.portcullis.farm;

import io.portcullis.farm.server.StartFailed;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/// `farmctl coordinator run`: the farm's control plane in one process, until a signal ends it.
///
/// Exit codes: 0 stopped by a signal, 1 cannot start or cannot go on, 2 wrong usage.
public final class FarmCoordinator {
  private static final AtomicInteger EXIT = new AtomicInteger();

  private FarmCoordinator() {}

  public static void main(String[] arguments) throws InterruptedException {
    if (CoordinatorOptions.wantHelp(List.of(arguments))) {
      System.out.print(CoordinatorOptions.HELP);
      return;
    }
    CoordinatorOptions options = options(arguments);
    CountDownLatch dead = new CountDownLatch(1);
    AtomicInteger cause = new AtomicInteger();
    try {
      Coordinator coordinator =
          Coordinator.start(
              options,
              InstantSource.system(),
              code -> {
                cause.set(code);
                dead.countDown();
              });
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(coordinator), "stop"));
      announce(coordinator);
      dead.await();
      if (cause.get() == Coordinator.REMOVED) {
        System.out.printf(
            "removed from farm %s by the other coordinators; %s can be deleted%n",
            coordinator.farm(), options.state());
        System.exit(0);
      }
      fail(
          1,
          new StartFailed(
              "ZooKeeper gave up in " + options.state(),
              "free the disk or mend what the log names, then start again; nodes keep serving"));
    } catch (StartFailed e) {
      fail(1, e);
    }
  }

  private static CoordinatorOptions options(String[] arguments) {
    try {
      return CoordinatorOptions.parse(List.of(arguments));
    } catch (StartFailed e) {
      fail(2, e);
      throw new IllegalStateException("exited", e);
    }
  }

  private static void announce(Coordinator coordinator) {
    System.out.printf(
        "coordinator ready farm=%s admin=%s%n", coordinator.farm(), coordinator.adminAddress());
    System.out.printf(
        "next: farmctl --identity %s token create   (then on a node: farmctl node run --state DIR --join TOKEN)%n",
        coordinator.operatorPem());
    System.out.flush();
  }

  private static void fail(int code, StartFailed failure) {
    System.err.printf("coordinator: %s%n  -> %s%n", failure.getMessage(), failure.hint());
    System.err.flush();
    EXIT.set(code);
    System.exit(code);
  }

  /// Runs as the JVM ends. A JVM that a signal ends reports the signal; a stop that was asked for and went well is a 0.
  private static void stop(Coordinator coordinator) {
    coordinator.close();
    System.out.flush();
    Runtime.getRuntime().halt(EXIT.get());
  }
}
