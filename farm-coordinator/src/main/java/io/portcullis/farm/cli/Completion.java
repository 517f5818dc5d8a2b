package io.portcullis.farm.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `farmctl completion`: a script for the shell, to be sourced.
@Command(
    name = "completion",
    description = {
      "Print the completion script of a shell.",
      "bash: source <(farmctl completion bash)",
      "zsh:  source <(farmctl completion zsh)"
    })
final class Completion implements Callable<Integer> {
  enum Shell {
    BASH,
    ZSH
  }

  private final Operator operator;
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      index = "0",
      paramLabel = "SHELL",
      completionCandidates = Words.Shells.class,
      description = "bash or zsh.")
  private Shell shell = Shell.BASH;

  Completion(Operator operator) {
    this.operator = operator;
  }

  @Override
  public Integer call() {
    CommandLine farmctl = spec.root().commandLine();
    String script = AutoComplete.bash("farmctl", farmctl);
    // The script speaks bash's completion words; zsh understands them once bashcompinit is loaded.
    operator
        .terminal
        .out()
        .print(
            shell == Shell.ZSH ? "autoload -U +X bashcompinit && bashcompinit\n" + script : script);
    operator.terminal.out().flush();
    return 0;
  }
}
