package io.portcullis.perf.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Looks for the knee: the highest rate at which a target still keeps a stated p99 and error limit.
///
/// Doubles until a rate fails, then halves the gap. What a rate did is measured by whoever is asked, so the search itself
/// is the same for a real farm and for a written one.
final class KneeSearch {

  /// The knee is known to a twentieth: no machine repeats itself better.
  private static final double PRECISION = 0.05;

  /// 2^20 times the first rate is more than any bound allows.
  private static final int MAX_TRIALS = 40;

  /// @param p99Micros of right answers, all operations
  /// @param errorShare of all requests, 0 to 1
  record Limit(long p99Micros, double errorShare) {

    boolean keeps(Trial trial) {
      return trial.p99Micros() <= p99Micros && trial.errorShare() <= errorShare;
    }
  }

  /// What one rate did.
  record Trial(double rate, long p99Micros, double errorShare) {

    static Trial of(double rate, LoadResult result) {
      var all = new org.HdrHistogram.Histogram(Tally.MAX_MICROS, Tally.DIGITS);
      result
          .operations()
          .forEach((name, operation) -> {
            if (!name.endsWith("(whole)")) {
              all.add(operation.histogram());
            }
          });
      long failed = result.failed();
      long requests = all.getTotalCount() + failed;
      return new Trial(
          rate, all.getValueAtPercentile(99), requests == 0 ? 1 : (double) failed / requests);
    }
  }

  interface Probe {
    Trial at(double rate) throws IOException, InterruptedException;
  }

  /// @param rate the knee, 0 if even the first rate fails
  /// @param bounded whether the bound on the rate ended the search rather than the target
  record Knee(double rate, boolean bounded, List<Trial> trials) {
    Knee {
      trials = List.copyOf(trials);
    }
  }

  private KneeSearch() {}

  /// @param first where to begin
  /// @param highest never tried above
  static Knee find(double first, double highest, Limit limit, Probe probe)
      throws IOException, InterruptedException {
    List<Trial> trials = new ArrayList<>();
    double good = 0;
    double bad = Double.POSITIVE_INFINITY;
    double rate = Math.min(first, highest);
    while (trials.size() < MAX_TRIALS) {
      Trial trial = probe.at(rate);
      trials.add(trial);
      if (limit.keeps(trial)) {
        good = rate;
        if (rate >= highest) {
          return new Knee(good, true, trials);
        }
      } else {
        bad = rate;
      }
      boolean failedOnce = bad < Double.POSITIVE_INFINITY;
      if (failedOnce && (bad - good <= bad * PRECISION || bad < 1)) {
        break;
      }
      rate = failedOnce ? (good + bad) / 2 : Math.min(rate * 2, highest);
    }
    return new Knee(good, false, trials);
  }
}
