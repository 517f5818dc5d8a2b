package io.portcullis.farm.model;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
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

  List<Problem> list() {
    return new ArrayList<>(problems);
  }
}
