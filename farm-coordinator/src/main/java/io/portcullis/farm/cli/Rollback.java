package io.portcullis.farm.cli;

import io.portcullis.farm.api.wire.Wire;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `farmctl rollback`: what an earlier revision said becomes the next one.
@Command(
    name = "rollback",
    description =
        "Make what revision N said the farm's next revision, wait until all nodes serve it.")
final class Rollback implements Callable<Integer> {
  private final Operator operator;

  @Parameters(index = "0", paramLabel = "N", description = "A revision of \"farmctl history\".")
  private long revision;

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why; kept in the history.")
  private String reason = "";

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "How long to wait for the nodes. Default: 60s.")
  private Duration timeout = Apply.DEFAULT_TIMEOUT;

  @Option(names = "--no-wait", description = "Do not wait for the nodes.")
  private boolean noWait;

  Rollback(Operator operator) {
    this.operator = operator;
  }

  @Override
  public Integer call() throws Exception {
    Wire.FarmStatus before = operator.client().status();
    Wire.ApplyResponse answer =
        operator.client().rollback(new Wire.RollbackRequest(revision, reason));
    Proposal.showProblems(operator, answer);
    operator.answer(answer, () -> words(answer));
    if (!answer.accepted()) {
      throw CommandFailure.notFine(
          "revision " + revision + " is refused today; the farm is unchanged",
          "apply a mended document: farmctl get source --revision " + revision + " > farm.yaml");
    }
    if (!noWait && !answer.unchanged()) {
      new Rollout(operator, timeout).await(answer.revision(), before);
    }
    return 0;
  }

  private String words(Wire.ApplyResponse answer) {
    if (!answer.accepted()) {
      return "";
    }
    return answer.unchanged()
        ? "nothing to change: revision "
            + answer.revision()
            + " says the same as "
            + revision
            + "\n"
        : Proposal.changes(answer, operator.terminal.colour())
            + "revision "
            + answer.revision()
            + " written, saying what revision "
            + revision
            + " said\n";
  }
}
