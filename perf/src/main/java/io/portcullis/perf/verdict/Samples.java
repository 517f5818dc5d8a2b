package io.portcullis.perf.verdict;

import io.portcullis.perf.load.LoadResult;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/// The latencies of one operation as slices of time, ready to be drawn again (a block bootstrap: requests of one second
/// share their second's weather, so whole slices are drawn, not single requests).
final class Samples {

  /// One percent of the value is finer than any tolerance, and keeps the number of different values small.
  private static final int DIGITS = 2;

  private final long[] values;
  private final long[][] counts;

  private Samples(long[] values, long[][] counts) {
    this.values = values;
    this.counts = counts;
  }

  static Samples of(LoadResult.Operation operation) {
    List<Histogram> slices = new ArrayList<>();
    Histogram all = new Histogram(DIGITS);
    all.setAutoResize(true);
    for (LoadResult.Piece piece : operation.slices()) {
      Histogram fine = piece.latencies();
      if (fine.getTotalCount() > 0) {
        Histogram coarse = new Histogram(DIGITS);
        coarse.setAutoResize(true);
        coarse.add(fine);
        slices.add(coarse);
        all.add(coarse);
      }
    }
    long[] values = new long[count(all)];
    int at = 0;
    for (HistogramIterationValue value : all.recordedValues()) {
      values[at++] = value.getValueIteratedTo();
    }
    long[][] counts = new long[slices.size()][values.length];
    for (int slice = 0; slice < counts.length; slice++) {
      for (int i = 0; i < values.length; i++) {
        counts[slice][i] = slices.get(slice).getCountAtValue(values[i]);
      }
    }
    return new Samples(values, counts);
  }

  private static int count(Histogram histogram) {
    int count = 0;
    for (HistogramIterationValue _ : histogram.recordedValues()) {
      count++;
    }
    return count;
  }

  boolean isEmpty() {
    return counts.length == 0;
  }

  int slices() {
    return counts.length;
  }

  /// The measured value.
  double quantile(double share) {
    long[] sum = new long[values.length];
    for (long[] slice : counts) {
      add(sum, slice);
    }
    return at(sum, share);
  }

  /// The value in a run that might have been: as many slices, drawn from these with replacement.
  double[] redraw(SplittableRandom chance, double[] shares) {
    long[] sum = new long[values.length];
    for (int i = 0; i < counts.length; i++) {
      add(sum, counts[chance.nextInt(counts.length)]);
    }
    double[] quantiles = new double[shares.length];
    for (int i = 0; i < shares.length; i++) {
      quantiles[i] = at(sum, shares[i]);
    }
    return quantiles;
  }

  private static void add(long[] sum, long[] slice) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += slice[i];
    }
  }

  private double at(long[] sum, double share) {
    long total = 0;
    for (long count : sum) {
      total += count;
    }
    long wanted = (long) Math.ceil(total * share);
    long seen = 0;
    for (int i = 0; i < sum.length; i++) {
      seen += sum[i];
      if (seen >= wanted) {
        return (double) values[i];
      }
    }
    return 0;
  }
}
