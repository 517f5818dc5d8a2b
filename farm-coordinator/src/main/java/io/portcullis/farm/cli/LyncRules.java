package io.portcullis.farm.cli;

import io.portcullis.farm.codec.Decoded;
import io.portcullis.farm.codec.FarmDocuments;
import io.portcullis.farm.lync.LyncExpansion;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `farmctl lync rules`: which rules a topology becomes, and why each; works without a farm.
@Command(
    name = "rules",
    description = "Show the rules that a Lync topology becomes, and why each is there.")
final class LyncRules implements Callable<Integer> {
  private final Operator operator;

  @Option(names = "--file", paramLabel = "FILE", required = true, description = "The document.")
  private Path file = Path.of("farm.yaml");

  LyncRules(Operator operator) {
    this.operator = operator;
  }

  @Override
  public Integer call() throws Exception {
    DocumentFiles files = DocumentFiles.read(operator.file(file));
    Decoded decoded = FarmDocuments.decode(files.document(), files.name());
    operator
        .terminal
        .err()
        .print(ProblemText.render(decoded.problems(), operator.terminal.colour()));
    operator.terminal.err().flush();
    switch (decoded) {
      case Decoded.Refused refused ->
          throw CommandFailure.notFine(
              file + " has " + ProblemText.count(refused.problems()),
              "mend what is named above and try again");
      case Decoded.Accepted accepted -> {
        List<LyncExpansion.Reason> reasons = LyncExpansion.explain(accepted.config()).reasons();
        operator.answer(reasons, () -> table(reasons));
      }
    }
    return 0;
  }

  private String table(List<LyncExpansion.Reason> reasons) {
    if (reasons.isEmpty()) {
      return "no lync topology in this document, so no rules from one\n";
    }
    Table table = new Table().text("RULE").text("WHY").text("SOURCE");
    reasons.forEach(r -> table.row(r.rule(), r.why(), r.source()));
    return table.render(operator.terminal.width(), operator.terminal.colour());
  }
}
