package io.portcullis.perf.bindings;

import io.portcullis.farm.api.client.AdminException;
import io.portcullis.farm.binding.BindingOp;
import io.portcullis.farm.membership.JoinFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `farmctl perf bindings`: what the farm's shared bindings carry on this machine.
@Command(
    name = "bindings",
    sortOptions = false,
    usageHelpWidth = 110,
    description = {
      "Starts coordinators (mutual TLS everywhere) and the nodes' part in the bindings, fills the table, moves",
      "its sources until the JVMs are warm, opens new sources at a rate, then moves sources at a higher one.",
      "A latency is from when a wish is due to when every node sees it. All of it shares this machine; floors: 1,000,000 live, 50,000 new a second with",
      "p99 of 50 ms, 400,000 a second sustained, on three coordinators."
    })
public final class BindingsCommand implements Callable<Integer> {
  private static final long FIRST_SOURCE = 0xffff_0000_0000L;

  /// More than any phase opens; keeps the nodes' sources apart.
  private static final long SOURCES_EACH = 1L << 24;

  private static final int MOST_LIVE = 1_500_000;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this and end")
  private boolean help;

  @Option(names = "--coordinators", paramLabel = "N", description = "(default: ${DEFAULT-VALUE})")
  private int coordinators = 3;

  @Option(names = "--nodes", paramLabel = "N", description = "(default: ${DEFAULT-VALUE})")
  private int count = 3;

  @Option(names = "--live", paramLabel = "N", description = "(default: ${DEFAULT-VALUE})")
  private int live = 1_000_000;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "new a second (default: ${DEFAULT-VALUE})")
  private int rate = 50_000;

  @Option(
      names = "--sustained",
      paramLabel = "N",
      description = "moved a second, and filled (default: ${DEFAULT-VALUE})")
  private int sustained = 400_000;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "of a phase (default: ${DEFAULT-VALUE})")
  private int seconds = 10;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      description = "seconds of moves before, at the higher rate (default: ${DEFAULT-VALUE})")
  private int warmUp = 20;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "for the coordinators (default: a new one)")
  private @Nullable Path directory;

  @Override
  public Integer call() throws IOException, AdminException, JoinFailed, InterruptedException {
    if (coordinators < 1
        || coordinators > 5
        || count < 1
        || count > 8
        || live < count
        || live > MOST_LIVE
        || rate < 1
        || sustained < 1
        || seconds < 1
        || warmUp < 0) {
      System.err.printf(
          "perf bindings: 1 to 5 coordinators, 1 to 8 nodes, up to %d live; rates and seconds from 1%n",
          MOST_LIVE);
      return 2;
    }
    Path lab = directory == null ? Files.createTempDirectory("portcullis-bindings") : directory;
    Files.createDirectories(lab);
    List<LabNode> nodes = new ArrayList<>();
    try (LabEnsemble ensemble = LabEnsemble.start(lab, coordinators)) {
      try {
        for (int node = 1; node <= count; node++) {
          nodes.add(new LabNode(ensemble.node("n" + node)));
        }
        measure(nodes, ensemble);
      } finally {
        nodes.forEach(LabNode::close);
      }
    }
    return 0;
  }

  private void measure(List<LabNode> nodes, LabEnsemble ensemble)
      throws IOException, AdminException, JoinFailed, InterruptedException {
    System.out.printf(
        "%d coordinators, %d nodes, mutual TLS, one machine with %d processors%n",
        coordinators, nodes.size(), Runtime.getRuntime().availableProcessors());
    System.out.printf(
        "%-22s %10s %12s %10s %9s %9s %9s%n",
        "phase", "wishes", "a second", "late", "p50", "p99", "max");
    print("fill", new Phase(nodes, new Binding(0)).run(live, sustained));
    long each = live / nodes.size();
    long rounds = warmUp == 0 ? 0 : Math.max(1, (long) sustained * warmUp / live);
    if (rounds > 0) {
      print(
          "warm-up",
          new Phase(nodes, new Moving(each, 1)).run(rounds * each * nodes.size(), sustained));
    }
    long fresh = Math.min((long) rate * seconds, 450_000);
    print("new sources", new Phase(nodes, new Binding(each)).run(fresh, rate));
    print(
        "moves",
        new Phase(nodes, new Moving(each, 1 + rounds)).run((long) sustained * seconds, sustained));
    LabNode first = nodes.getFirst();
    System.out.printf(
        Locale.ROOT,
        "%,d live, %.1f bytes each on a node's heap%n",
        first.replica.table().size(),
        (double) first.replica.table().bytes() / first.replica.table().size());
    System.out.printf(Locale.ROOT, "log: epoch %d%n", first.replica.epoch());
    try (LabNode late = new LabNode(ensemble.node("late"))) {
      System.out.printf(
          Locale.ROOT,
          "a fresh node has all %,d after %.0f ms%n",
          late.replica.table().size(),
          late.catchUpMillis);
    }
  }

  private static void print(String phase, Phase.Result result) {
    System.out.printf(
        Locale.ROOT,
        "%-22s %,10d %,12.0f %,10d %6.1f ms %6.1f ms %6.0f ms%n",
        phase,
        result.wishes(),
        result.perSecond(),
        result.late(),
        result.p50(),
        result.p99(),
        result.max());
  }

  private static long source(int node, long number) {
    return FIRST_SOURCE + node * SOURCES_EACH + number;
  }

  /// Each wish opens a new source.
  ///
  /// @param from of each node's sources
  private record Binding(long from) implements Phase.Plan {
    @Override
    public long source(int node, long number) {
      return BindingsCommand.source(node, from + number);
    }

    @Override
    public BindingOp wish(int node, long number) {
      return BindingOp.bind(LabNode.POOL, 0, source(node, number), member(number));
    }

    @Override
    public long member(long number) {
      return 1;
    }
  }

  /// Each wish moves a source that is bound, round and round: compare-and-set from where the round before left it.
  ///
  /// @param each sources of a node
  /// @param first the member that each of them has before
  private record Moving(long each, long first) implements Phase.Plan {
    @Override
    public long source(int node, long number) {
      return BindingsCommand.source(node, number % each);
    }

    @Override
    public BindingOp wish(int node, long number) {
      long round = first + number / each;
      return BindingOp.move(LabNode.POOL, 0, source(node, number), round, round + 1);
    }

    @Override
    public long member(long number) {
      return first + 1 + number / each;
    }
  }
}
