package io.portcullis.proxy;

import io.portcullis.farm.model.Problem;
import java.util.List;

/// A node that cannot start, with everything that is in the way.
final class StartRefused extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  StartRefused(List<Problem> problems) {
    super(problems.getFirst().message());
    this.problems = List.copyOf(problems);
  }

  StartRefused(String where, String message, String hint) {
    this(List.of(Problem.error(where, message, hint)));
  }

  List<Problem> problems() {
    return problems;
  }
}
