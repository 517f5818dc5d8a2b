package io.portcullis.farm.cli;

import io.portcullis.farm.model.Problem;
import java.util.ArrayList;
import java.util.List;

/// Every problem of a document, each with its way out, errors first.
final class ProblemText {
  private ProblemText() {}

  static String render(List<Problem> problems, boolean colour) {
    StringBuilder text = new StringBuilder();
    List<Problem> ordered = new ArrayList<>(problems.stream().filter(Problem::isError).toList());
    problems.stream().filter(p -> !p.isError()).forEach(ordered::add);
    for (Problem problem : ordered) {
      text.append(
              problem.isError()
                  ? Style.BAD.paint("error", colour)
                  : Style.WARNING.paint("warning", colour))
          .append("  ")
          .append(
              problem.path().isEmpty()
                  ? ""
                  : Style.TITLE.paint(Text.safe(problem.path()), colour) + ": ")
          .append(Text.safe(problem.message()))
          .append('\n');
      if (!problem.hint().isEmpty()) {
        text.append("  -> ").append(Text.safe(problem.hint())).append('\n');
      }
    }
    return text.toString();
  }

  /// `2 errors, 1 warning`.
  static String count(List<Problem> problems) {
    long errors = problems.stream().filter(Problem::isError).count();
    long warnings = problems.size() - errors;
    return errors == 0
        ? Text.count(warnings, "warning")
        : Text.count(errors, "error")
            + (warnings == 0 ? "" : ", " + Text.count(warnings, "warning"));
  }

  /// The farm's problems and those found here, which know more about a file of the same path.
  static List<Problem> merge(List<Problem> here, List<Problem> farm) {
    List<Problem> all = new ArrayList<>(here);
    farm.stream()
        .filter(p -> here.stream().noneMatch(mine -> mine.path().equals(p.path())))
        .forEach(all::add);
    return List.copyOf(all);
  }
}
