package io.portcullis.perf.micro.observe;

import io.portcullis.perf.micro.Distribution;
import java.util.concurrent.TimeUnit;
import org.jctools.queues.MpscArrayQueue;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.GroupThreads;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// Handing a record from event loops to the one thread that takes them (bindings, access log): the queue those two use.
///
/// Models two event loops that offer as fast as they can and one taker. `full` counts what found no room: a loop never waits.
@Distribution(
    "two event loops that offer as fast as they can, one thread that takes; full counts what found"
        + " no room")
@State(Scope.Group)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HandOffBench {

  private static final int ROOM = 64 * 1024;
  private static final Object RECORD = new Object();

  private final MpscArrayQueue<Object> queue = new MpscArrayQueue<>(ROOM);

  /// Offers that found the queue full.
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Overflow {
    public long full;
  }

  @Benchmark
  @Group("handOff")
  @GroupThreads(2)
  public void offer(Overflow overflow) {
    if (!queue.offer(RECORD)) {
      overflow.full++;
    }
  }

  @Benchmark
  @Group("handOff")
  @GroupThreads(1)
  public @Nullable Object take() {
    return queue.poll();
  }
}
