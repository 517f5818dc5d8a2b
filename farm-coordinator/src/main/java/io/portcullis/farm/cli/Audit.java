package io.portcullis.farm.cli;

import io.portcullis.farm.api.wire.Wire;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `farmctl audit`: who did what to the farm, and whether the record is whole.
@Command(
    name = "audit",
    description = "Show who did what to the farm. Exit code 1 if the record was tampered with.")
final class Audit implements Callable<Integer> {
  private final Operator operator;

  @Option(names = "--limit", paramLabel = "N", description = "How many at most. Default: 50.")
  private int limit = 50;

  @Option(names = "--verify", description = "Only tell whether the chain of entries is whole.")
  private boolean verify;

  Audit(Operator operator) {
    this.operator = operator;
  }

  @Override
  public Integer call() throws Exception {
    Wire.AuditReport all = operator.client().audit();
    List<Wire.AuditEntry> shown =
        verify ? List.of() : all.entries().stream().limit(Math.max(1, limit)).toList();
    Wire.AuditBreak broken = all.broken();
    operator.answer(new Wire.AuditReport(shown, broken), () -> verify ? words(all) : table(shown));
    if (broken != null) {
      throw CommandFailure.notFine(
          "audit entry %d is broken: %s".formatted(broken.number(), Text.safe(broken.why())),
          "compare with the log of each coordinator, which has every entry with its hash");
    }
    return 0;
  }

  private static String words(Wire.AuditReport all) {
    return all.broken() != null
        ? ""
        : all.entries().isEmpty()
            ? "nothing is recorded yet\n"
            : "%s, the chain is whole up to entry %d, %s\n"
                .formatted(
                    all.entries().size() == 1 ? "1 entry" : all.entries().size() + " entries",
                    all.entries().getFirst().number(),
                    all.entries().getFirst().hash());
  }

  private String table(List<Wire.AuditEntry> entries) {
    Table table = new Table().number("ENTRY").text("TIME").text("WHO").text("WHAT");
    for (Wire.AuditEntry entry : entries) {
      table.row(
          Table.Cell.of(entry.number()),
          Table.Cell.of(entry.time()),
          Table.Cell.of(entry.who()),
          Table.Cell.of(entry.what()));
    }
    return table.render(operator.terminal.width(), operator.terminal.colour());
  }
}
