package io.portcullis.farm.cli;

import io.portcullis.farm.api.client.AdminException;
import io.portcullis.farm.api.wire.Wire;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `farmctl history`: who changed what, when and why.
@Command(
    name = "history",
    description = "Show every revision: who, when, why. With a number, also what it changed.")
final class History implements Callable<Integer> {
  private final Operator operator;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "REVISION",
      description = "Only this one, and what it changed.")
  private @Nullable Long revision;

  History(Operator operator) {
    this.operator = operator;
  }

  @Override
  public Integer call() throws Exception {
    Long one = revision;
    if (one != null) {
      return entry(one);
    }
    List<Wire.RevisionSummary> revisions = operator.client().revisions();
    long current = operator.client().status().revision();
    operator.answer(revisions, () -> table(revisions, current, operator.terminal));
    return 0;
  }

  /// @param changes against the revision before
  record Entry(Wire.RevisionSummary summary, List<String> changes) {}

  private int entry(long number) throws AdminException, CommandFailure {
    Wire.RevisionSummary summary = operator.client().revision(number).summary();
    RevisionDiff diff = RevisionDiff.between(operator, number - 1, number);
    operator.answer(
        new Entry(summary, diff.changes()),
        () ->
            "revision %d, %s, by %s: %s\n%s"
                .formatted(
                    number,
                    summary.time().truncatedTo(ChronoUnit.SECONDS),
                    Text.safe(summary.author()),
                    summary.reason().isEmpty() ? "no reason given" : Text.safe(summary.reason()),
                    diff.text(operator.terminal.colour())));
    return 0;
  }

  static String table(List<Wire.RevisionSummary> revisions, long current, Terminal terminal) {
    if (revisions.isEmpty()) {
      return "no revision yet: farmctl apply FILE\n";
    }
    Table table = new Table().number("REVISION").text("TIME").text("AUTHOR").text("REASON");
    for (Wire.RevisionSummary revision : revisions) {
      boolean now = revision.revision() == current;
      table.row(
          new Table.Cell((now ? "* " : "") + revision.revision(), now ? Style.GOOD : Style.PLAIN),
          Table.Cell.of(revision.time().truncatedTo(ChronoUnit.SECONDS).toString()),
          Table.Cell.of(revision.author()),
          Table.Cell.of(revision.reason()));
    }
    return table.render(terminal.width(), terminal.colour());
  }
}
