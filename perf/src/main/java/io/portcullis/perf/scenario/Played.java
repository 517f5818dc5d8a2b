package io.portcullis.perf.scenario;

import io.portcullis.perf.load.LoadResult;
import java.util.List;

/// What came of one scenario.
///
/// @param began seconds from the start of the load to the event, and `ended` until everything was as before
record Played(
    Scenario scenario, double began, double ended, List<Check> checks, List<LoadResult> loads) {

  Played {
    checks = List.copyOf(checks);
    loads = List.copyOf(loads);
  }

  boolean fine() {
    return checks.stream().allMatch(Check::kept);
  }

  long answered() {
    return loads.stream().mapToLong(LoadResult::answered).sum();
  }

  long failed() {
    return loads.stream().mapToLong(LoadResult::failed).sum();
  }

  /// The worst of all operations; what whole visits took together is not one answer.
  long p99Micros() {
    return loads.stream()
        .flatMap(load -> load.operations().entrySet().stream())
        .filter(operation -> !operation.getKey().endsWith("(whole)"))
        .mapToLong(operation -> operation.getValue().latency().p99())
        .max()
        .orElse(0);
  }
}
