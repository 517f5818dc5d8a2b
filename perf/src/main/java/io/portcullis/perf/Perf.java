package io.portcullis.perf;

import io.portcullis.perf.bindings.BindingsCommand;
import io.portcullis.perf.bindings.GrowthCommand;
import io.portcullis.perf.capacity.CapacityCommand;
import io.portcullis.perf.compare.CompareCommand;
import io.portcullis.perf.compare.IdleCommand;
import io.portcullis.perf.load.LoadCommand;
import io.portcullis.perf.micro.MicroCommand;
import io.portcullis.perf.scale.ScaleCommand;
import io.portcullis.perf.scenario.ScenarioCommand;
import io.portcullis.perf.verdict.StagingCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `farmctl perf`: what one runs against a pool before users are let in, and against a change before it is let in.
@Command(
    name = "farmctl perf",
    usageHelpWidth = 110,
    description = "Judges a farm before users are let in. Each command says more with --help.",
    subcommands = {
      LoadCommand.class,
      StagingCommand.class,
      MicroCommand.class,
      CompareCommand.class,
      IdleCommand.class,
      ScaleCommand.class,
      BindingsCommand.class,
      GrowthCommand.class,
      ScenarioCommand.class,
      CapacityCommand.class
    },
    synopsisSubcommandLabel = "COMMAND")
public final class Perf implements Runnable {

  @CommandLine.Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this and end")
  private boolean help;

  private Perf() {}

  public static void main(String[] args) {
    int code = new CommandLine(new Perf()).execute(args);
    // A load generator's daemon loops are gone by now; what a signal began must not be cut off.
    if (code != 0) {
      System.exit(code);
    }
  }

  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }
}
