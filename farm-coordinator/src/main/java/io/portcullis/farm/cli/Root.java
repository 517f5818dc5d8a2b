package io.portcullis.farm.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// `farmctl` itself: the options every command has; alone, it shows what there is.
@Command(
    name = "farmctl",
    synopsisSubcommandLabel = "COMMAND",
    description = "Runs a Portcullis farm.")
final class Root implements Callable<Integer> {
  private final Operator operator;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show what this command takes.")
  private boolean help;

  Root(Operator operator) {
    this.operator = operator;
  }

  @Option(
      names = "--identity",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description =
          "Who you are to the farm. Default: $PORTCULLIS_IDENTITY, else"
              + " ~/.config/portcullis/identity.pem.")
  void identity(Path file) {
    operator.identity(file);
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORM",
      completionCandidates = Words.Outputs.class,
      scope = ScopeType.INHERIT,
      description = "table (for people), json or yaml (for programs).")
  void output(Operator.Output output) {
    operator.output(output);
  }

  @Override
  public Integer call() {
    operator.terminal.out().print(Overview.TEXT);
    return 0;
  }
}
