package io.portcullis.farm.cli;

import io.portcullis.farm.api.wire.Wire;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `farmctl get`: one kind of thing, all of it or one by name.
@Command(
    name = "get",
    description = {
      "Show one kind of thing: config (what nodes run), source (the document as typed), listeners,",
      "rules, pools, certificates, nodes, revisions."
    })
final class Get implements Callable<Integer> {
  enum Kind {
    CONFIG,
    SOURCE,
    LISTENERS,
    RULES,
    POOLS,
    CERTIFICATES,
    NODES,
    REVISIONS;

    String word() {
      return Words.word(this);
    }
  }

  private final Operator operator;

  @Parameters(
      index = "0",
      paramLabel = "KIND",
      completionCandidates = Words.Kinds.class,
      description = "${COMPLETION-CANDIDATES}.")
  private Kind kind = Kind.CONFIG;

  @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "Only this one.")
  private @Nullable String name;

  @Option(
      names = "--revision",
      paramLabel = "N",
      description =
          "As of revision N (config, source, listeners, rules, pools). Default: the current.")
  private @Nullable Long revision;

  Get(Operator operator) {
    this.operator = operator;
  }

  @Override
  public Integer call() throws Exception {
    switch (kind) {
      case CONFIG -> document(asked().expanded());
      case SOURCE -> document(asked().source());
      case LISTENERS, RULES, POOLS -> section();
      case CERTIFICATES -> certificates();
      case NODES -> nodes();
      case REVISIONS -> revisions();
    }
    return 0;
  }

  private Wire.RevisionDocument asked() throws Exception {
    return revision == null ? operator.currentDocument() : operator.client().revision(revision);
  }

  private void document(String yaml) throws CommandFailure {
    if (operator.wantsJson()) {
      operator.answer(DocumentTree.of(yaml), () -> yaml);
    } else {
      operator.terminal.out().print(yaml.endsWith("\n") ? yaml : yaml + "\n");
    }
  }

  private void section() throws Exception {
    Wire.RevisionDocument document = asked();
    List<com.fasterxml.jackson.databind.JsonNode> entries =
        named(
            DocumentTree.section(DocumentTree.of(document.expanded()), kind.word()),
            DocumentTree::nameOf);
    operator.answer(entries, () -> DocumentTree.table(kind, entries, operator.terminal));
  }

  private void certificates() throws Exception {
    List<Wire.CertificateStatus> all =
        named(operator.client().status().certificates(), Wire.CertificateStatus::name);
    Table table = new Table().text("NAME").number("DAYS LEFT").text("NOT AFTER").text("NAMES");
    for (Wire.CertificateStatus certificate : all) {
      table.row(
          certificate.name(),
          StatusScreen.daysLeft(
              java.time.Duration.between(
                  operator.terminal.time().instant(), certificate.notAfter())),
          certificate.notAfter().toString(),
          String.join(" ", certificate.names()));
    }
    print(all, table);
  }

  private void nodes() throws Exception {
    Wire.FarmStatus status = operator.client().status();
    List<Wire.NodeStatus> all = named(status.nodes(), Wire.NodeStatus::id);
    Table table =
        new Table()
            .text("NAME")
            .text("VERSION")
            .number("REVISION")
            .number("CONNECTIONS")
            .number("EXCHANGES")
            .text("LISTENERS")
            .text("REJECTED");
    for (Wire.NodeStatus node : all) {
      String rejected = node.rejected();
      table.row(
          node.id(),
          node.version(),
          Long.toString(node.appliedRevision()),
          Long.toString(node.openConnections()),
          Long.toString(node.exchanges()),
          String.join(" ", new java.util.TreeMap<>(node.listeners()).values()),
          rejected == null ? "" : rejected);
    }
    print(all, table);
  }

  private void revisions() throws Exception {
    List<Wire.RevisionSummary> all =
        named(operator.client().revisions(), r -> Long.toString(r.revision()));
    long current = operator.client().status().revision();
    operator.answer(all, () -> History.table(all, current, operator.terminal));
  }

  private void print(Object value, Table table) {
    operator.answer(
        value,
        () ->
            table.rows() == 0
                ? "no " + kind.word() + "\n"
                : table.render(operator.terminal.width(), operator.terminal.colour()));
  }

  private <T> List<T> named(List<T> all, java.util.function.Function<T, String> nameOf)
      throws CommandFailure {
    if (name == null) {
      return all;
    }
    List<T> one = all.stream().filter(item -> nameOf.apply(item).equals(name)).toList();
    if (one.isEmpty()) {
      throw CommandFailure.notFine(
          kind.word() + ": there is no \"" + name + "\"",
          all.isEmpty()
              ? "there are none at all"
              : "there are: " + String.join(", ", all.stream().map(nameOf).toList()));
    }
    return one;
  }
}
