package io.portcullis.farm.cli;

import io.portcullis.farm.api.client.AdminException;
import io.portcullis.farm.api.wire.Wire;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `farmctl diff`: what a document would change, or what differs between revisions.
@Command(
    name = "diff",
    description =
        "Show what a document would change, a line each; with numbers instead of a file, what differs between two revisions.")
final class Diff implements Callable<Integer> {
  private final Operator operator;

  @Parameters(
      index = "0",
      paramLabel = "FILE|REVISION",
      description = "The document, or the revision to begin with.")
  private Path file = Path.of("farm.yaml");

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "REVISION",
      description = "The revision to end with. Default: the current one.")
  private @Nullable Long to;

  Diff(Operator operator) {
    this.operator = operator;
  }

  @Override
  public Integer call() throws Exception {
    return isNumber(file.toString()) ? revisions(Long.parseLong(file.toString())) : document();
  }

  /// A document whose name is a number is written `./7`.
  private static boolean isNumber(String text) {
    return text.length() < 19 && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private int revisions(long from) throws AdminException, CommandFailure {
    long end = to == null ? operator.client().status().revision() : to;
    RevisionDiff diff = RevisionDiff.between(operator, from, end);
    operator.answer(diff, () -> diff.text(operator.terminal.colour()));
    return 0;
  }

  private int document() throws Exception {
    if (to != null) {
      throw CommandFailure.notFine(
          file + " is a document, and " + to + " would be a revision",
          "compare a document with the current revision, or two revisions by their numbers");
    }
    Wire.ApplyResponse answer =
        Proposal.send(operator, file, null, "", new Wire.Care(0, null, true), true);
    Proposal.showProblems(operator, answer);
    if (!answer.accepted()) {
      operator.answer(answer, () -> "");
      throw CommandFailure.notFine(
          file + " would be refused (" + ProblemText.count(answer.problems()) + ")",
          "mend what is named above and try again");
    }
    String changes = Proposal.changes(answer, operator.terminal.colour());
    operator.answer(
        answer,
        () ->
            changes.isEmpty()
                ? "no difference from revision " + answer.revision() + "\n"
                : changes);
    return 0;
  }
}
