package io.portcullis.farm.ensemble;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/// Shows what the coordinators of a test that failed said last: what goes wrong between processes once in a hundred runs is not seen again
/// by looking.
final class LastWords implements BeforeEachCallback, TestExecutionExceptionHandler {
  private static final int CHARACTERS = 12_000;

  private static final Queue<CoordinatorProcess> STARTED = new ConcurrentLinkedQueue<>();

  static void of(CoordinatorProcess process) {
    STARTED.add(process);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    STARTED.clear();
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    for (CoordinatorProcess process : STARTED) {
      String said = process.output();
      System.err.printf(
          "---- %s, which said last:%n%s%n",
          process.name, said.substring(Math.max(0, said.length() - CHARACTERS)));
    }
    throw failure;
  }
}
