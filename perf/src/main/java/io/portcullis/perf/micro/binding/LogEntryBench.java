package io.portcullis.perf.micro.binding;

import io.portcullis.farm.binding.BadEntry;
import io.portcullis.farm.binding.BindingBatch;
import io.portcullis.farm.binding.BindingOp;
import io.portcullis.perf.micro.Distribution;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// One entry of the bindings' log: made into bytes where it is proposed, read and applied in every process.
@Distribution(
    "entries of 16 operations (a quiet farm) and of 1,024 (a busy one), all moves of IPv4 sources in one pool, scattered over"
        + " 65,536 bound ones, there and back")
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LogEntryBench {

  private static final int SOURCES = 65_536;

  @Param({"16", "1024"})
  public int operations = 16;

  private final Population population = new Population(SOURCES);
  private final List<List<BindingOp>> moves = new ArrayList<>();
  private byte[] encoded = {};
  private int next;

  @Setup
  public void prepare() {
    for (boolean back : new boolean[] {false, true}) {
      for (int from = 0; from + operations <= SOURCES; from += operations) {
        moves.add(Population.moves(from, operations, back));
      }
    }
    encoded = new BindingBatch(BindingBatch.Type.OPS, 2, 1, moves.getFirst()).encode();
  }

  @Benchmark
  public byte[] encode() {
    return new BindingBatch(BindingBatch.Type.OPS, 2, 1, moves.getFirst()).encode();
  }

  @Benchmark
  public BindingBatch decode() throws BadEntry {
    return BindingBatch.decode(encoded);
  }

  @Benchmark
  public long apply() {
    next = (next + 1) % moves.size();
    population.apply(moves.get(next));
    return population.table().time();
  }
}
