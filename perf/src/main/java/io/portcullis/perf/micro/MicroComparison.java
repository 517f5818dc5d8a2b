package io.portcullis.perf.micro;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.math3.distribution.TDistribution;

/// Two runs of the microbenchmarks on one machine. Time is judged by Welch's interval of the difference, allocation by the
/// number itself: it does not depend on the machine's mood.
record MicroComparison(List<Line> lines) {

  /// Iterations of one fork are alike; a narrow level makes up for taking them as independent.
  private static final double CONFIDENCE = 0.999;

  /// Less than this is noise between two starts of a JVM, whatever an interval says.
  private static final double TOLERANCE = 0.05;

  /// JMH's own bookkeeping shows as fractions of a byte.
  private static final double TOLERATED_BYTES = 1;

  private static final double TOLERATED_BYTES_SHARE = 0.01;

  MicroComparison {
    lines = List.copyOf(lines);
  }

  /// @param low lower end of the interval of `now/before - 1`
  record Line(
      String name,
      double before,
      double now,
      double low,
      double high,
      double bytesBefore,
      double bytesNow) {

    boolean isSlower() {
      return low > TOLERANCE;
    }

    boolean allocatesMore() {
      return bytesBefore >= 0
          && bytesNow - bytesBefore
              > Math.max(TOLERATED_BYTES, bytesBefore * TOLERATED_BYTES_SHARE);
    }

    String verdict() {
      if (isSlower() || allocatesMore()) {
        return isSlower() ? "✗ slower" : "✗ allocates";
      }
      return high < -TOLERANCE ? "✓ faster" : high <= TOLERANCE ? "✓ same" : "? unclear";
    }
  }

  static MicroComparison of(MicroResults before, MicroResults now) {
    List<Line> lines = new ArrayList<>();
    for (Map.Entry<String, MicroResults.Result> entry : now.byName().entrySet()) {
      MicroResults.Result old = before.byName().get(entry.getKey());
      if (old != null) {
        lines.add(line(entry.getKey(), old, entry.getValue()));
      }
    }
    return new MicroComparison(lines);
  }

  private static Line line(String name, MicroResults.Result old, MicroResults.Result fresh) {
    double one = old.variance() / old.values().size();
    double other = fresh.variance() / fresh.values().size();
    double difference = fresh.mean() - old.mean();
    double half = 0;
    if (one + other > 0) {
      double freedom =
          (one + other)
              * (one + other)
              / (one * one / Math.max(1, old.values().size() - 1)
                  + other * other / Math.max(1, fresh.values().size() - 1));
      half =
          new TDistribution(freedom).inverseCumulativeProbability(1 - (1 - CONFIDENCE) / 2)
              * Math.sqrt(one + other);
    }
    return new Line(
        name,
        old.mean(),
        fresh.mean(),
        (difference - half) / old.mean(),
        (difference + half) / old.mean(),
        old.allocated(),
        fresh.allocated());
  }

  boolean isWorse() {
    return lines.stream().anyMatch(line -> line.isSlower() || line.allocatesMore());
  }

  String text() {
    StringBuilder text =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%-11s %-56s %12s %12s  %-20s %s%n",
                "verdict",
                "benchmark",
                "before",
                "now",
                "difference",
                "bytes/op"));
    for (Line line : lines) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-11s %-56s %,12.1f %,12.1f  %+6.1f %% … %+6.1f %%  %.0f -> %.0f%n",
              line.verdict(),
              line.name(),
              line.before(),
              line.now(),
              100 * line.low(),
              100 * line.high(),
              line.bytesBefore(),
              line.bytesNow()));
    }
    return text.toString();
  }
}
