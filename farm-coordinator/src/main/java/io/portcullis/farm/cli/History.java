package io.portcullis.farm.cli;

import io.portcullis.farm.api.wire.Wire;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `farmctl history`: who changed what, when and why.
@Command(name = "history", description = "Show every revision: who, when, why.")
final class History implements Callable<Integer> {
  private final Operator operator;

  History(Operator operator) {
    this.operator = operator;
  }

  @Override
  public Integer call() throws Exception {
    List<Wire.RevisionSummary> revisions = operator.client().revisions();
    long current = operator.client().status().revision();
    operator.answer(revisions, () -> table(revisions, current, operator.terminal));
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
