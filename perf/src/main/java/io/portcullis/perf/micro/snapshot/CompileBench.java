package io.portcullis.perf.micro.snapshot;

import io.portcullis.perf.micro.Distribution;
import io.portcullis.perf.scale.WideFarm;
import io.portcullis.proxy.snapshot.Compilation;
import io.portcullis.proxy.snapshot.CompilerInput;
import io.portcullis.proxy.snapshot.SnapshotCompiler;
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

/// Compiling a revision whose predecessor runs: what a node does when something is published.
///
/// Models a hoster: 10, 1,000 or 10,000 rules over a hundredth as many pools, one changed document after another.
@Distribution(
    "a hoster: 10, 1,000 or 10,000 rules over a hundredth as many pools, one changed document after"
        + " another")
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class CompileBench {

  @Param({"10", "1000", "10000"})
  public int rules = 10;

  private @Nullable CompilerInput input;

  @Setup
  public void prepare() {
    CompilerInput first = WideFarm.of(rules, 0).input(1, null);
    input = WideFarm.of(rules, 0).input(2, WideFarm.compiled(first));
  }

  @Benchmark
  public @Nullable Compilation compile() {
    CompilerInput next = input;
    return next == null ? null : SnapshotCompiler.compile(next);
  }
}
