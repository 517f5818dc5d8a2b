package io.portcullis.perf.load;

import java.util.Locale;
import java.util.Map;

/// A result in a few lines for a terminal.
final class Summary {

  /// Begun later than this, requests wait for the generator rather than for the target.
  static final long LATE_MICROS = 1000;

  private Summary() {}

  static String text(LoadResult result) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%-28s %10s %8s %9s %9s %9s %9s%n",
            "operation",
            "answered",
            "failed",
            "p50",
            "p90",
            "p99",
            "max"));
    result
        .operations()
        .forEach((name, operation) -> {
          LoadResult.Latency latency = operation.latency();
          text.append(
              String.format(
                  Locale.ROOT,
                  "%-28s %,10d %,8d %9s %9s %9s %9s%n",
                  name,
                  latency.count(),
                  operation.failed(),
                  latency.count() == 0 ? "–" : ProgressLine.time(latency.p50()),
                  latency.count() == 0 ? "–" : ProgressLine.time(latency.p90()),
                  latency.count() == 0 ? "–" : ProgressLine.time(latency.p99()),
                  latency.count() == 0 ? "–" : ProgressLine.time(latency.max())));
        });
    for (Map.Entry<String, Long> error : result.errors().entrySet()) {
      text.append(
          String.format(Locale.ROOT, "error %-22s %,10d%n", error.getKey(), error.getValue()));
    }
    if (!result.complete()) {
      text.append(
          String.format(Locale.ROOT, "stopped after %.1f s: partial result%n", result.seconds()));
    }
    lateness(result, text);
    return text.toString();
  }

  private static void lateness(LoadResult result, StringBuilder text) {
    if (result.asked().rate() > 0 && result.lateness().p99() > LATE_MICROS) {
      text.append(
          String.format(
              Locale.ROOT,
              "note: the generator began requests %s late at p99: it, or this machine, was the limit%n",
              ProgressLine.time(result.lateness().p99())));
    }
  }
}
