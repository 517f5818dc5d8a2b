package io.portcullis.perf.capacity;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `farmctl perf capacity`: users per node, from measured numbers and named assumptions.
@Command(
    name = "capacity",
    sortOptions = false,
    usageHelpWidth = 110,
    description = {
      "Says how many users a node is good for: what perf compare and perf idle measured on your hardware, divided by",
      "what a user does in the busiest hour. The defaults of the latter are assumptions, not measurements: look at",
      "your own pool's logs. Ends with 1 if something was not measured."
    },
    footer = {
      "",
      "Example:  farmctl perf compare --proxy portcullis && farmctl perf idle --proxy portcullis",
      "          farmctl perf capacity --cores 4 --users 20000"
    })
public final class CapacityCommand implements Callable<Integer> {

  private static final double MEBIBYTE = 1 << 20;
  private static final double PERCENT = 100;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this and end")
  private boolean help;

  @Option(
      names = "--measured",
      paramLabel = "DIR",
      description = "where compare.json and idle.json are (default: ${DEFAULT-VALUE})")
  private Path directory = Path.of(".portcullis", "compare");

  @Option(
      names = "--requests",
      paramLabel = "N",
      description = "of a user a minute (default: ${DEFAULT-VALUE})")
  private double requests = 6;

  @Option(
      names = "--handshakes",
      paramLabel = "N",
      description = "new connections of a user an hour (default: ${DEFAULT-VALUE})")
  private double handshakes = 20;

  @Option(
      names = "--resumed",
      paramLabel = "PERCENT",
      description = "of those resume a session (default: ${DEFAULT-VALUE})")
  private double resumed = 50;

  @Option(
      names = "--megabytes",
      paramLabel = "N",
      description = "down to a user an hour (default: ${DEFAULT-VALUE})")
  private double megabytes = 20;

  @Option(
      names = "--held",
      paramLabel = "N",
      description =
          "requests of a user held back by the pool at a time (default: ${DEFAULT-VALUE})")
  private double held = 1;

  @Option(
      names = "--cores",
      paramLabel = "N",
      description = "of a node (default: ${DEFAULT-VALUE})")
  private double cores = 2;

  @Option(
      names = "--utilisation",
      paramLabel = "PERCENT",
      description = "of them that may be used then (default: ${DEFAULT-VALUE})")
  private double utilisation = 50;

  @Option(
      names = "--memory",
      paramLabel = "MIB",
      description = "for connections (default: ${DEFAULT-VALUE})")
  private double memory = 1024;

  @Option(
      names = "--descriptors",
      paramLabel = "N",
      description = "open files of the process (default: ${DEFAULT-VALUE})")
  private double descriptors = 65_536;

  @Option(
      names = "--users",
      paramLabel = "N",
      description = "of the farm: say how many nodes they need, one spare")
  private long users;

  @Override
  public Integer call() {
    try {
      Sheet sheet =
          Sheet.of(
              Measured.read(directory.resolve("compare.json"), directory.resolve("idle.json")),
              new Assumed(
                  requests,
                  handshakes,
                  resumed / PERCENT,
                  megabytes,
                  held,
                  cores,
                  utilisation / PERCENT,
                  memory * MEBIBYTE,
                  descriptors));
      print(sheet);
      return sheet.isComplete() ? 0 : 1;
    } catch (IllegalArgumentException e) {
      System.err.println("perf capacity: " + e.getMessage());
      return 2;
    } catch (IOException e) {
      System.err.println(
          "perf capacity: "
              + e.getMessage()
              + "; measure first: farmctl perf compare --proxy portcullis, farmctl perf idle --proxy portcullis");
      return 1;
    }
  }

  private void print(Sheet sheet) {
    System.out.printf(
        Locale.ROOT,
        "assumed, of a user in the busiest hour: %.1f requests a minute, %.0f new connections (%.0f %% resumed), %.0f MiB down, %.1f held%n"
            + "assumed, of a node: %.1f cores at most %.0f %% busy, %.0f MiB for connections, %.0f open files%n",
        requests,
        handshakes,
        resumed,
        megabytes,
        held,
        cores,
        utilisation,
        memory,
        descriptors);
    for (Sheet.Row row : sheet.rows()) {
      System.out.printf(
          Locale.ROOT,
          "%-28s %10s users   %s%n",
          row.resource(),
          Double.isFinite(row.users())
              ? String.format(Locale.ROOT, "%,.0f", Math.floor(row.users()))
              : "?",
          row.basis());
    }
    if (!sheet.isComplete()) {
      System.out.println("? was not measured: perf compare without --only, perf idle");
      return;
    }
    System.out.printf(Locale.ROOT, "a node is good for %,.0f users%n", Math.floor(sheet.users()));
    if (users > 0) {
      System.out.printf(
          Locale.ROOT, "%,d users need %d nodes, one of them spare%n", users, sheet.nodes(users));
    }
  }
}
