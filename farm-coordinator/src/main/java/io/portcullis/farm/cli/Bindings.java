package io.portcullis.farm.cli;

import io.portcullis.farm.api.client.AdminException;
import io.portcullis.farm.api.wire.Wire;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `farmctl bindings`: which member owns which source; `delete` forgets, `export` gives them all.
@Command(name = "bindings", description = "Show which member owns which source.")
final class Bindings implements Callable<Integer> {
  /// As many as the coordinator gives in one answer.
  private static final int EXPORT = 100_000;

  private final Operator operator;

  @Mixin private Filter filter = new Filter();

  @Option(names = "--limit", paramLabel = "N", description = "Show at most N. Default: 100.")
  private int limit = 100;

  Bindings(Operator operator) {
    this.operator = operator;
  }

  /// Which ones.
  static final class Filter {
    @Option(
        names = "--source",
        paramLabel = "ADDRESS",
        description = "Only those of this client address.")
    private @Nullable String source;

    @Option(names = "--member", paramLabel = "HOST", description = "Only those of this member.")
    private @Nullable String member;

    Wire.BindingQuery query(int limit, boolean delete) {
      return new Wire.BindingQuery(source, member, limit, delete);
    }
  }

  @Override
  public Integer call() throws AdminException {
    Wire.BindingList list = operator.client().bindings(filter.query(limit, false));
    operator.answer(list, () -> table(list, operator.terminal));
    return 0;
  }

  static String table(Wire.BindingList list, Terminal terminal) {
    if (list.bindings().isEmpty()) {
      return "no binding matches; the farm has %d\n".formatted(list.total());
    }
    Table table = new Table().text("SOURCE").text("GROUP").text("MEMBER").number("IDLE");
    for (Wire.Binding binding : list.bindings()) {
      table.row(
          Table.Cell.of(binding.source()),
          Table.Cell.of(binding.group()),
          Table.Cell.of(binding.member()),
          Table.Cell.of(binding.idleSeconds() + "s"));
    }
    String rows = table.render(terminal.width(), terminal.colour());
    return list.matched() > list.bindings().size()
        ? rows + "%d of %d; --limit shows more\n".formatted(list.bindings().size(), list.matched())
        : rows;
  }

  /// `farmctl bindings delete`.
  @Command(
      name = "delete",
      description = "Forget bindings: the next request of such a source chooses anew.")
  static final class Delete implements Callable<Integer> {
    private final Operator operator;

    @Mixin private Filter filter = new Filter();

    Delete(Operator operator) {
      this.operator = operator;
    }

    @Override
    public Integer call() throws AdminException {
      Wire.BindingList list = operator.client().bindings(filter.query(0, true));
      operator.answer(list, () -> "%d bindings deleted\n".formatted(list.deleted()));
      return list.deleted() == 0 ? CommandFailure.NOT_FINE : 0;
    }
  }

  /// `farmctl bindings export`.
  @Command(
      name = "export",
      description = "Print bindings, one a line: source, group, member, seconds idle.")
  static final class Export implements Callable<Integer> {
    private final Operator operator;

    @Mixin private Filter filter = new Filter();

    Export(Operator operator) {
      this.operator = operator;
    }

    @Override
    public Integer call() throws AdminException {
      Wire.BindingList list = operator.client().bindings(filter.query(EXPORT, false));
      operator.answer(list, () -> lines(list));
      if (list.matched() > list.bindings().size()) {
        operator.terminal.complain(
            "%d of %d bindings".formatted(list.bindings().size(), list.matched()),
            "export them in parts, with --member HOST");
        return CommandFailure.NOT_FINE;
      }
      return 0;
    }

    private static String lines(Wire.BindingList list) {
      StringBuilder lines = new StringBuilder();
      for (Wire.Binding binding : list.bindings()) {
        lines
            .append(binding.source())
            .append('\t')
            .append(binding.group())
            .append('\t')
            .append(binding.member())
            .append('\t')
            .append(binding.idleSeconds())
            .append('\n');
      }
      return lines.toString();
    }
  }
}
