package io.portcullis.farm.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Problems as the checks find them; the same one is told once.
final class Findings {
  private final Set<Problem> problems = new LinkedHashSet<>();

  void error(String path, String message, String hint) {
    problems.add(Problem.error(path, message, hint));
  }

  void warning(String path, String message, String hint) {
    problems.add(Problem.warning(path, message, hint));
  }

  void within(String path, int value, int least, int most) {
    if (value < least || value > most) {
      error(path, "is " + value, "write a whole number from %d to %d".formatted(least, most));
    }
  }

  void within(String path, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      error(
          path,
          "is %s".formatted(words(value)),
          "write a duration from %s to %s".formatted(words(least), words(most)));
    }
  }

  private static String words(Duration duration) {
    return duration
        .toString()
        .substring(duration.toString().startsWith("PT") ? 2 : 1)
        .toLowerCase(Locale.ROOT);
  }

  static String count(int nodes) {
    return nodes + (nodes == 1 ? " node" : " nodes");
  }

  List<Problem> list() {
    return new ArrayList<>(problems);
  }
}
