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

  @Option(
      names = "--confirm-within",
      paramLabel = "TIME",
      description = "Go back by itself unless \"farmctl confirm\" is typed within TIME.")
  private Duration confirmWithin = Duration.ZERO;

  @Option(
      names = "--canary",
      paramLabel = "NODE",
      description =
          "Let NODE serve it alone first; go on only if it fails and lingers no more than before.")
  private @Nullable String canary;

  @Option(
      names = "--canary-for",
      paramLabel = "TIME",
      description = "How long the canary is watched. Default: 30s.")
  private Duration canaryFor = Duration.ofSeconds(30);

  @Option(
      names = "--allow-uncovered-names",
      description =
          "Publish names that no certificate carries yet; clients of these names refuse to connect.")
  private boolean allowUncovered;

  @Option(names = "--no-wait", description = "Do not wait for the nodes.")
  private boolean noWait;

  Apply(Operator operator) {
    this.operator = operator;
  }

  @Override
  public Integer call() throws Exception {
    Wire.FarmStatus before = operator.client().status();
    Wire.ApplyResponse answer = Proposal.send(operator, file, ifRevision, reason, care(), dryRun);
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
    if (!dryRun && !answer.unchanged() && !confirmWithin.isZero()) {
      operator.tell(
          "the farm goes back by itself in %s unless you type: farmctl confirm"
              .formatted(Text.lasting(confirmWithin)));
    }
    return 0;
  }

  private Wire.Care care() {
    return new Wire.Care(
        confirmWithin.toSeconds(),
        canary == null ? null : new Wire.Canary(canary, canaryFor.toSeconds()),
        allowUncovered);
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
