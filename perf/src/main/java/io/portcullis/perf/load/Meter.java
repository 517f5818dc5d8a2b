package io.portcullis.perf.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/// Adds up what the lanes count: once a second for the progress line, and in slices of equal length for the result.
/// Used by one thread.
final class Meter {

  /// Enough for a comparison, few enough for a file of a night's run.
  private static final int MAX_SLICES = 60;

  private final List<Tally> tallies;
  private final int secondsPerSlice;
  private final Map<String, List<Tally.Slice>> slices = new TreeMap<>();
  private final List<LoadResult.Second> timeline = new ArrayList<>();
  private final Histogram lateness = new Histogram(Tally.MAX_MICROS, Tally.DIGITS);
  private long arrivals;
  private long bytes;

  Meter(List<Tally> tallies, Duration duration) {
    this.tallies = List.copyOf(tallies);
    this.secondsPerSlice = (int) Math.max(1, Math.ceilDiv(duration.toSeconds(), (long) MAX_SLICES));
  }

  /// Takes the counts of the second that ends now.
  ///
  /// @param at seconds since the start
  LoadResult.Second tick(double at) {
    Tally.Slice all = Tally.Slice.empty();
    long begun = 0;
    int slice = timeline.size() / secondsPerSlice;
    for (Tally tally : tallies) {
      begun += tally.takeStarted();
      bytes += tally.takeBytes();
      lateness.add(tally.takeLateness());
      tally
          .take()
          .forEach((operation, taken) -> {
            sliceOf(operation, slice).add(taken);
            if (!operation.endsWith("(whole)")) {
              all.add(taken);
            }
          });
    }
    arrivals += begun;
    Histogram latencies = all.latencies();
    LoadResult.Second second =
        new LoadResult.Second(
            at,
            begun,
            all.answered(),
            all.failed(),
            latencies.getValueAtPercentile(50),
            latencies.getValueAtPercentile(99),
            latencies.getMaxValue());
    timeline.add(second);
    return second;
  }

  private Tally.Slice sliceOf(String operation, int index) {
    List<Tally.Slice> list = slices.computeIfAbsent(operation, _ -> new ArrayList<>());
    while (list.size() <= index) {
      list.add(Tally.Slice.empty());
    }
    return list.get(index);
  }

  LoadResult result(LoadPlan plan, String started, double seconds, boolean complete) {
    Map<String, LoadResult.Operation> operations = new TreeMap<>();
    slices.forEach((name, list) -> {
      Tally.Slice total = Tally.Slice.empty();
      list.forEach(total::add);
      operations.put(
          name,
          new LoadResult.Operation(
              LoadResult.Latency.of(total.latencies()),
              total.errors(),
              list.stream()
                  .map(slice -> LoadResult.Piece.of(slice.latencies(), slice.failed()))
                  .toList()));
    });
    Map<String, Long> agreed = new TreeMap<>();
    tallies.forEach(tally ->
        tally.agreed().forEach((what, count) -> agreed.merge(what, count.sum(), Long::sum)));
    return new LoadResult(
        LoadResult.FORMAT,
        started,
        new LoadResult.Asked(
            (plan.site().tls() ? "https://" : "http://") + plan.site().web(),
            plan.site().addresses().stream()
                .map(Object::toString)
                .collect(Collectors.joining(", ")),
            plan.modelName(),
            plan.rate(),
            plan.random(),
            plan.duration().toMillis() / 1e3,
            plan.connections(),
            plan.sources().count()),
        LoadResult.Machine.here(),
        complete,
        seconds,
        arrivals,
        bytes,
        LoadResult.Latency.of(lateness),
        operations,
        timeline,
        agreed,
        List.of());
  }
}
