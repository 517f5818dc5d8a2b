package io.portcullis.farm.cli;

import io.portcullis.farm.codec.Decoded;
import io.portcullis.farm.codec.FarmDocuments;
import io.portcullis.farm.lync.LyncExpansion;
import io.portcullis.farm.model.PublishingRule;
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
        LyncExpansion expansion = LyncExpansion.explain(accepted.config());
        operator.answer(expansion.reasons(), () -> text(expansion));
      }
    }
    return 0;
  }

  private static String text(LyncExpansion expansion) {
    if (expansion.reasons().isEmpty()) {
      return "no lync topology in this document, so no rules from one\n";
    }
    StringBuilder text = new StringBuilder();
    for (LyncExpansion.Reason reason : expansion.reasons()) {
      expansion.config().rules().stream()
          .filter(rule -> rule.name().equals(reason.rule()))
          .findFirst()
          .ifPresent(rule -> text.append(headline(rule)));
      text.append("    ").append(reason.why()).append('\n');
      text.append("    source: ").append(reason.source()).append('\n');
    }
    return text.toString();
  }

  private static String headline(PublishingRule rule) {
    String action =
        switch (rule.action()) {
          case PublishingRule.Action.ToPool(String pool) -> "to pool " + pool;
          case PublishingRule.Action.RedirectToHttps() -> "redirected to https";
          case PublishingRule.Action.Respond(int status) -> "answered " + status;
        };
    String paths = rule.paths().equals(List.of("/")) ? "" : " " + String.join(", ", rule.paths());
    return "%s  (listener %s, %s)%n    %s%s%n"
        .formatted(
            rule.name(), rule.listener(), action, String.join(", ", rule.publicNames()), paths);
  }
}
