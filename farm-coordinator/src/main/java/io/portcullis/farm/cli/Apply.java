package io.portcullis.farm.cli;

import io.portcullis.farm.api.wire.Wire;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `farmctl apply`: makes a document the farm's, and waits until the nodes serve it.
@Command(
    name = "apply",
    description =
        "Check a document, make it the farm's next revision, wait until all nodes serve it.")
final class Apply implements Callable<Integer> {
  /// Nodes apply in well under a second; a minute allows for one that is just starting.
  static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

  private final Operator operator;

  @Parameters(
      index = "0",
      paramLabel = "FILE",
      description = "The document; the files it names are relative to it.")
  private Path file = Path.of("farm.yaml");

  @Option(names = "--dry-run", description = "Check and compare, change nothing.")
  private boolean dryRun;

  @Option(
      names = "--if-revision",
      paramLabel = "N",
      description = "Only if the farm is still at revision N.")
  private @Nullable Long ifRevision;

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why; kept in the history.")
  private String reason = "";

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "How long to wait for the nodes. Default: 60s.")
  private Duration timeout = DEFAULT_TIMEOUT;

  @Option(names = "--no-wait", description = "Do not wait for the nodes.")
  private boolean noWait;

  Apply(Operator operator) {
    this.operator = operator;
  }

  @Override
  public Integer call() throws Exception {
    Wire.FarmStatus before = operator.client().status();
    Wire.ApplyResponse answer = Proposal.send(operator, file, ifRevision, reason, dryRun);
    Proposal.showProblems(operator, answer);
    operator.answer(answer, () -> words(answer));
    if (!answer.accepted()) {
      throw CommandFailure.notFine(
          file
              + " is refused ("
              + ProblemText.count(answer.problems())
              + "); the farm is unchanged",
          "mend what is named above and try again");
    }
    if (!dryRun && !noWait && !answer.unchanged()) {
      new Rollout(operator, timeout).await(answer.revision(), before);
    }
    return 0;
  }

  private String words(Wire.ApplyResponse answer) {
    if (!answer.accepted()) {
      return "";
    }
    String changes = Proposal.changes(answer, operator.terminal.colour());
    if (answer.unchanged() || answer.changes().isEmpty() && dryRun) {
      return "nothing to change: the farm is at revision "
          + answer.revision()
          + " and says the same\n";
    }
    return dryRun
        ? changes
            + (answer.revision() == 0
                ? "this would be the first revision"
                : "this would change revision " + answer.revision())
            + "; nothing was changed\n"
        : changes + "revision " + answer.revision() + " written\n";
  }
}
