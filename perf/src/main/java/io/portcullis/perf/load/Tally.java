package io.portcullis.perf.load;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/// What one event loop counts. The loop writes; the meter's thread takes the counts away once a second, without a lock.
final class Tally {

  /// Microseconds in an hour: nothing is waited for longer.
  static final long MAX_MICROS = 3_600_000_000L;

  /// 0.1 % of the value: finer than any machine repeats itself.
  static final int DIGITS = 3;

  /// One operation's counts since they were last taken.
  ///
  /// @param latencies of right answers, in microseconds
  record Slice(Histogram latencies, Map<String, Long> errors) {

    static Slice empty() {
      return new Slice(new Histogram(MAX_MICROS, DIGITS), new TreeMap<>());
    }

    void add(Slice other) {
      latencies.add(other.latencies);
      other.errors.forEach((kind, count) -> errors.merge(kind, count, Long::sum));
    }

    long answered() {
      return latencies.getTotalCount();
    }

    long failed() {
      return errors.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  private static final class Counts {
    final SingleWriterRecorder latencies = new SingleWriterRecorder(MAX_MICROS, DIGITS);
    final Map<String, LongAdder> errors = new ConcurrentHashMap<>();
  }

  private final Map<String, Counts> operations = new ConcurrentHashMap<>();
  private final SingleWriterRecorder lateness = new SingleWriterRecorder(MAX_MICROS, DIGITS);
  private final Map<String, LongAdder> agreed = new ConcurrentHashMap<>();
  private final LongAdder started = new LongAdder();
  private final LongAdder bytes = new LongAdder();

  void started(long lateNanos) {
    started.increment();
    lateness.recordValue(micros(lateNanos));
  }

  void answered(String operation, long nanos, long bodyBytes) {
    counts(operation).latencies.recordValue(micros(nanos));
    bytes.add(bodyBytes);
  }

  void failed(String operation, Outcome outcome) {
    counts(operation).errors.computeIfAbsent(outcome.word(), _ -> new LongAdder()).increment();
  }

  void agreed(String what) {
    agreed.computeIfAbsent(what, _ -> new LongAdder()).increment();
  }

  /// Handshakes so far, by what they agreed on.
  Map<String, LongAdder> agreed() {
    return agreed;
  }

  private Counts counts(String operation) {
    Counts known = operations.get(operation);
    return known != null ? known : operations.computeIfAbsent(operation, _ -> new Counts());
  }

  private static long micros(long nanos) {
    return Math.clamp(nanos / 1000, 0, MAX_MICROS);
  }

  /// Takes the counts away, by operation. One thread only.
  Map<String, Slice> take() {
    Map<String, Slice> taken = new TreeMap<>();
    operations.forEach((name, counts) -> {
      Slice slice = Slice.empty();
      slice.latencies().add(counts.latencies.getIntervalHistogram());
      counts.errors.forEach((kind, adder) -> {
        long count = adder.sumThenReset();
        if (count > 0) {
          slice.errors().put(kind, count);
        }
      });
      taken.put(name, slice);
    });
    return taken;
  }

  Histogram takeLateness() {
    return lateness.getIntervalHistogram();
  }

  long takeStarted() {
    return started.sumThenReset();
  }

  long takeBytes() {
    return bytes.sumThenReset();
  }
}
