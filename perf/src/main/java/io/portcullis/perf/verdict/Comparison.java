package io.portcullis.perf.verdict;

import io.portcullis.perf.load.LoadResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;

/// Compares a run with a baseline. Pure: the same two documents give the same findings.
public final class Comparison {

  /// The chance that anything at all is called worse although nothing changed, shared by all findings (Bonferroni).
  private static final double FALSE_ALARM = 0.01;

  private static final int DRAWS = 2000;

  /// Fewer slices drawn again and again are always the same few: an interval of nothing.
  private static final int LEAST_SLICES = 8;

  private static final long SEED = 20_13;

  /// Median: a millisecond is below what a user or a network notices; a tenth is what runs differ by on their own.
  private static final double P50_MICROS = 1000;

  private static final double P50_SHARE = 0.1;

  /// Tails differ more from run to run than medians do.
  private static final double P99_MICROS = 3000;

  private static final double P99_SHARE = 0.25;

  /// One failure in a thousand.
  private static final double ERROR_SHARE = 0.001;

  private static final double[] SHARES = {0.5, 0.99};

  private Comparison() {}

  /// @throws IllegalArgumentException if the two were not asked the same
  public static List<Finding> of(LoadResult baseline, LoadResult now) {
    requireAlike(baseline.asked(), now.asked());
    TreeSet<String> operations = new TreeSet<>(baseline.operations().keySet());
    operations.addAll(now.operations().keySet());
    double risk = FALSE_ALARM / (operations.size() * Finding.Measure.values().length);
    List<Finding> findings = new ArrayList<>();
    for (String name : operations) {
      LoadResult.Operation before = operation(baseline, name);
      LoadResult.Operation after = operation(now, name);
      findings.addAll(latencies(name, before, after, risk));
      findings.add(errors(name, before, after, risk));
    }
    return findings;
  }

  private static LoadResult.Operation operation(LoadResult result, String name) {
    LoadResult.Operation operation = result.operations().get(name);
    return operation != null
        ? operation
        : new LoadResult.Operation(
            new LoadResult.Latency(0, 0, 0, 0, 0, 0, 0), Map.of(), List.of());
  }

  private static void requireAlike(LoadResult.Asked before, LoadResult.Asked now) {
    boolean alike =
        before.model().equals(now.model())
            && before.rate() == now.rate()
            && before.random() == now.random()
            && before.connections() == now.connections()
            && before.sources() == now.sources();
    if (!alike) {
      throw new IllegalArgumentException(
          "the baseline was asked %s, this run %s: a comparison would compare the questions. Repeat with the same options, or make a new baseline with --save"
              .formatted(text(before), text(now)));
    }
  }

  private static String text(LoadResult.Asked asked) {
    return "--model %s --rate %s%s --connections %d, %d sources"
        .formatted(
            asked.model(),
            asked.rate(),
            asked.random() ? " --random" : "",
            asked.connections(),
            asked.sources());
  }

  private static List<Finding> latencies(
      String name, LoadResult.Operation before, LoadResult.Operation after, double risk) {
    Samples old = Samples.of(before);
    Samples fresh = Samples.of(after);
    if (old.isEmpty() || fresh.isEmpty()) {
      return List.of(); // what is missing shows as errors, or was never there
    }
    boolean enough = Math.min(old.slices(), fresh.slices()) >= LEAST_SLICES;
    double[][] differences = new double[SHARES.length][DRAWS];
    SplittableRandom chance = new SplittableRandom(SEED);
    for (int draw = 0; draw < DRAWS; draw++) {
      double[] one = old.redraw(chance, SHARES);
      double[] other = fresh.redraw(chance, SHARES);
      for (int i = 0; i < SHARES.length; i++) {
        differences[i][draw] = other[i] - one[i];
      }
    }
    List<Finding> findings = new ArrayList<>();
    for (int i = 0; i < SHARES.length; i++) {
      double[] sorted = differences[i];
      Arrays.sort(sorted);
      int cut = (int) (DRAWS * risk);
      double value = old.quantile(SHARES[i]);
      findings.add(
          new Finding(
              name,
              i == 0 ? Finding.Measure.P50 : Finding.Measure.P99,
              value,
              fresh.quantile(SHARES[i]),
              enough ? sorted[cut] : Double.NEGATIVE_INFINITY,
              enough ? sorted[DRAWS - 1 - cut] : Double.POSITIVE_INFINITY,
              i == 0
                  ? Math.max(P50_MICROS, value * P50_SHARE)
                  : Math.max(P99_MICROS, value * P99_SHARE)));
    }
    return findings;
  }

  /// The difference of two shares with Newcombe's interval, which holds for counts near zero.
  private static Finding errors(
      String name, LoadResult.Operation before, LoadResult.Operation after, double risk) {
    double z = Normal.quantile(1 - risk);
    Wilson old = Wilson.of(before.failed(), before.failed() + before.latency().count(), z);
    Wilson fresh = Wilson.of(after.failed(), after.failed() + after.latency().count(), z);
    double difference = fresh.share - old.share;
    return new Finding(
        name,
        Finding.Measure.ERRORS,
        old.share,
        fresh.share,
        difference - Math.hypot(fresh.share - fresh.low, old.high - old.share),
        difference + Math.hypot(fresh.high - fresh.share, old.share - old.low),
        ERROR_SHARE);
  }

  /// Wilson's interval of a share.
  private record Wilson(double share, double low, double high) {

    static Wilson of(long hits, long of, double z) {
      if (of == 0) {
        return new Wilson(0, 0, 1); // nothing was seen: anything may be
      }
      double share = (double) hits / of;
      double square = z * z;
      double middle = (share + square / (2 * of)) / (1 + square / of);
      double half =
          z * Math.sqrt(share * (1 - share) / of + square / (4.0 * of * of)) / (1 + square / of);
      return new Wilson(share, Math.max(0, middle - half), Math.min(1, middle + half));
    }
  }

  /// Of the standard normal distribution.
  private static final class Normal {
    private static final double WIDEST = 10;

    /// By halving: twenty lines less than a rational approximation, and it is called once a finding.
    static double quantile(double share) {
      double low = -WIDEST;
      double high = WIDEST;
      for (int i = 0; i < 60; i++) {
        double middle = (low + high) / 2;
        if (below(middle) < share) {
          low = middle;
        } else {
          high = middle;
        }
      }
      return (low + high) / 2;
    }

    /// The integral of the density, by Simpson's rule.
    private static double below(double z) {
      int steps = 400;
      double width = z / steps;
      double sum = density(0) + density(z);
      for (int i = 1; i < steps; i++) {
        sum += density(i * width) * (i % 2 == 0 ? 2 : 4);
      }
      return 0.5 + sum * width / 3;
    }

    private static double density(double z) {
      return Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
    }
  }
}
