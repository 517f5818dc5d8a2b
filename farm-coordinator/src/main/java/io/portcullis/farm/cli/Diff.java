package io.portcullis.farm.cli;

import io.portcullis.farm.api.wire.Wire;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `farmctl diff`: what a document would change.
@Command(name = "diff", description = "Show what a document would change, a line each.")
final class Diff implements Callable<Integer> {
  private final Operator operator;

  @Parameters(index = "0", paramLabel = "FILE", description = "The document.")
  private Path file = Path.of("farm.yaml");

  Diff(Operator operator) {
    this.operator = operator;
  }

  @Override
  public Integer call() throws Exception {
    Wire.ApplyResponse answer = Proposal.send(operator, file, null, "", null, true);
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
