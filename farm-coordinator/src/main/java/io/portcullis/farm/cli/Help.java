package io.portcullis.farm.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `farmctl help [COMMAND...]`: the overview by task, or one command in full.
@Command(name = "help", description = "Show this overview, or what one command takes.")
final class Help implements Callable<Integer> {
  private final Operator operator;
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(arity = "0..*", paramLabel = "COMMAND")
  private List<String> words = List.of();

  Help(Operator operator) {
    this.operator = operator;
  }

  @Override
  public Integer call() {
    if (words.isEmpty()) {
      operator.terminal.out().print(Overview.TEXT);
      return 0;
    }
    CommandLine at = spec.root().commandLine();
    for (String word : words) {
      CommandLine next = at.getSubcommands().get(word);
      if (next == null) {
        String elsewhere = Overview.line(String.join(" ", words));
        if (!elsewhere.isEmpty()) {
          operator.terminal.out().print(elsewhere);
          return 0;
        }
        throw new CommandLine.UnmatchedArgumentException(at, List.of(word));
      }
      at = next;
    }
    at.usage(operator.terminal.out());
    return 0;
  }
}
