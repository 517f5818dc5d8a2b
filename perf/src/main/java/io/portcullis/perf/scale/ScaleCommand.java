package io.portcullis.perf.scale;

import io.portcullis.farm.model.FarmConfig;
import io.portcullis.proxy.snapshot.Snapshot;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `farmctl perf scale`: what a node needs to publish many rules and certificates.
@Command(
    name = "scale",
    sortOptions = false,
    usageHelpWidth = 110,
    description = {
      "Reads, checks and compiles a farm with many rules and certificates as a node does on a publish, and shows",
      "time and memory at a tenth, a third and all of it, so that the growth can be seen."
    })
public final class ScaleCommand implements Callable<Integer> {

  private static final int MOST = 100_000;

  /// The first publish loads classes, later ones are what an operator waits for.
  private static final int PUBLISHES = 3;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this and end")
  private boolean help;

  @Option(names = "--rules", paramLabel = "N", description = "(default: ${DEFAULT-VALUE})")
  private int rules = 10_000;

  @Option(names = "--certificates", paramLabel = "N", description = "(default: ${DEFAULT-VALUE})")
  private int certificates = 1000;

  /// @param readMillis text to a checked configuration
  /// @param firstMillis configuration to the first snapshot, TLS contexts included
  /// @param againMillis to the next snapshot, with the first one running
  /// @param heapBytes what the snapshot keeps on the heap; TLS contexts are outside it
  record Size(
      int rules,
      int certificates,
      int documentBytes,
      double readMillis,
      double firstMillis,
      double againMillis,
      long heapBytes) {}

  @Override
  public Integer call() {
    if (rules < 1 || rules > MOST || certificates < 0 || certificates > MOST) {
      System.err.println("perf scale: --rules is 1 to " + MOST + ", --certificates 0 to " + MOST);
      return 2;
    }
    measure(1, 0); // loads classes and libraries, which no later publish does
    List<Size> sizes = new ArrayList<>();
    System.out.printf(
        Locale.ROOT,
        "%8s %12s %12s %10s %10s %10s %12s%n",
        "rules",
        "certificates",
        "document",
        "read",
        "compile",
        "again",
        "heap");
    for (int part : new int[] {10, 3, 1}) {
      sizes.add(measure(Math.max(1, rules / part), certificates / part));
      Size size = sizes.getLast();
      System.out.printf(
          Locale.ROOT,
          "%,8d %,12d %,8d KiB %7.0f ms %7.0f ms %7.0f ms %,8d KiB%n",
          size.rules(),
          size.certificates(),
          size.documentBytes() / 1024,
          size.readMillis(),
          size.firstMillis(),
          size.againMillis(),
          size.heapBytes() / 1024);
    }
    return 0;
  }

  static Size measure(int rules, int certificates) {
    WideFarm farm = WideFarm.of(rules, certificates);
    long start = System.nanoTime();
    FarmConfig config = farm.config();
    final double read = millisSince(start);
    long before = usedHeap();
    start = System.nanoTime();
    Snapshot running = WideFarm.compiled(farm.input(config, 1, null));
    final double first = millisSince(start);
    final long heap = usedHeap() - before;
    double again = Double.MAX_VALUE;
    for (int i = 0; i < PUBLISHES; i++) {
      start = System.nanoTime();
      running = WideFarm.compiled(farm.input(config, i + 2, running));
      again = Math.min(again, millisSince(start));
    }
    return new Size(
        rules, certificates, farm.document().length(), read, first, again, Math.max(0, heap));
  }

  private static double millisSince(long start) {
    return (System.nanoTime() - start) / 1e6;
  }

  private static long usedHeap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
