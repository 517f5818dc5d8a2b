package io.portcullis.farm.cli;

import io.portcullis.farm.api.client.AdminException;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.model.Problem;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A document brought before the farm: what `apply`, `apply --dry-run` and `diff` have in common.
final class Proposal {
  private Proposal() {}

  /// Sends the document; if a file it names is missing, only asks what else is wrong with it.
  ///
  /// @return the farm's answer with the problems found here added
  static Wire.ApplyResponse send(
      Operator operator,
      Path file,
      @Nullable Long ifRevision,
      String reason,
      Wire.@Nullable Care care,
      boolean dryRun)
      throws CommandFailure, AdminException {
    DocumentFiles files = DocumentFiles.read(operator.file(file));
    boolean incomplete = !files.problems().isEmpty();
    Wire.ApplyRequest request =
        new Wire.ApplyRequest(
            files.document(),
            files.contents(),
            ifRevision,
            reason.isEmpty() ? "apply " + files.name() : reason,
            care);
    Wire.ApplyResponse answer = operator.client().apply(request, dryRun || incomplete);
    List<Problem> problems = ProblemText.merge(files.problems(), answer.problems());
    return new Wire.ApplyResponse(
        answer.accepted() && !incomplete,
        answer.revision(),
        answer.unchanged(),
        problems,
        answer.changes());
  }

  static void showProblems(Operator operator, Wire.ApplyResponse answer) {
    if (operator.wantsTable()) {
      operator
          .terminal
          .err()
          .print(ProblemText.render(answer.problems(), operator.terminal.colour()));
      operator.terminal.err().flush();
    }
  }

  /// Changes coloured by what they begin with: `+`, `-`, `~`.
  static String changes(Wire.ApplyResponse answer, boolean colour) {
    return lines(answer.changes(), colour);
  }

  static String lines(List<String> changes, boolean colour) {
    StringBuilder text = new StringBuilder();
    for (String change : changes) {
      Style style =
          change.startsWith("+")
              ? Style.GOOD
              : change.startsWith("-")
                  ? Style.BAD
                  : change.startsWith("~") ? Style.WARNING : Style.PLAIN;
      text.append("  ").append(style.paint(Text.safe(change), colour)).append('\n');
    }
    return text.toString();
  }
}
