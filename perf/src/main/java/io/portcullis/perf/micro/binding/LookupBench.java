package io.portcullis.perf.micro.binding;

import io.portcullis.farm.binding.BindingOp;
import io.portcullis.perf.micro.Distribution;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// Whose a source is, while the log's thread writes into the same table.
@Distribution(
    "1,000,000 bound IPv4 sources, asked for in scattered order, one in eight unknown; writes: none, or one thread that"
        + " applies entries of 256 moves without a pause, far more than a farm has")
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LookupBench {

  private static final int UNKNOWN_EVERY = 8;
  private static final int MOVES = 256;

  /// Enough different sources that the writer's cache lines are not always the same few.
  private static final int ENTRIES = 64;

  @Param("1000000")
  public int entries = 1_000_000;

  @Param({"none", "log"})
  public String writes = "none";

  private @Nullable Population population;
  private @Nullable Thread writer;
  private volatile boolean over;

  /// Each thread's own way through the sources.
  @State(Scope.Thread)
  public static class Walk {
    int at;
  }

  @Setup
  public void fill() {
    Population filled = new Population(entries);
    population = filled;
    if (writes.equals("log")) {
      writer = Thread.ofPlatform().daemon().name("log").start(() -> write(filled));
    }
  }

  private void write(Population into) {
    List<List<BindingOp>> moves = new ArrayList<>();
    int step = Math.max(1, into.size() / ENTRIES);
    for (boolean back : new boolean[] {false, true}) {
      for (int from = 0; from + MOVES <= into.size(); from += Math.max(step, MOVES)) {
        moves.add(Population.moves(from, MOVES, back));
      }
    }
    for (int i = 0; !over; i = (i + 1) % moves.size()) {
      into.apply(moves.get(i));
    }
  }

  @TearDown
  public void end() throws InterruptedException {
    over = true;
    Thread writing = writer;
    if (writing != null) {
      writing.join();
    }
  }

  @Benchmark
  public long member(Walk walk) {
    Population filled = population;
    int at = walk.at = walk.at + 7919 & Integer.MAX_VALUE;
    int source = at % UNKNOWN_EVERY == 0 ? entries + at % entries : at % entries;
    return filled == null
        ? 0
        : filled.table().member(Population.GROUP, 0, Population.source(source));
  }
}
