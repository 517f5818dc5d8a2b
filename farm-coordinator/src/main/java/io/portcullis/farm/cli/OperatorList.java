package io.portcullis.farm.cli;

import io.portcullis.farm.api.wire.Wire;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `farmctl operator list`: who may do what.
@Command(name = "list", description = "Show the people who have an identity, and their roles.")
final class OperatorList implements Callable<Integer> {
  private final Operator operator;

  OperatorList(Operator operator) {
    this.operator = operator;
  }

  @Override
  public Integer call() throws Exception {
    List<Wire.OperatorStatus> people = operator.client().operators();
    operator.answer(people, () -> table(people, operator.terminal));
    return 0;
  }

  static String table(List<Wire.OperatorStatus> people, Terminal terminal) {
    Table table = new Table().text("NAME").text("ROLE").text("SINCE");
    for (Wire.OperatorStatus person : people) {
      table.row(
          Table.Cell.of(person.id()),
          Table.Cell.of(person.role()),
          Table.Cell.of(person.since().truncatedTo(ChronoUnit.SECONDS).toString()));
    }
    return table.render(terminal.width(), terminal.colour());
  }
}
