package io.portcullis.perf.verdict;

import java.util.Locale;

/// One comparison: a measure of one operation, before and now, and how sure the difference is.
///
/// @param before the baseline's value, in the measure's unit
/// @param low lower end of the confidence interval of `now - before`
/// @param high its upper end
/// @param tolerance differences up to this are of no interest, however sure they are
public record Finding(
    String operation,
    Measure measure,
    double before,
    double now,
    double low,
    double high,
    double tolerance) {

  public enum Measure {
    P50("p50"),
    P99("p99"),
    ERRORS("errors");

    private final String word;

    Measure(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  public enum Judgement {
    /// Surely larger than before by more than the tolerance.
    WORSE,
    /// Surely smaller than before by more than the tolerance.
    BETTER,
    /// Surely within the tolerance.
    SAME,
    /// The interval is too wide to say: more requests, or a quieter machine, would tell.
    UNCLEAR
  }

  public Judgement judgement() {
    if (low > tolerance) {
      return Judgement.WORSE;
    }
    if (high < -tolerance) {
      return Judgement.BETTER;
    }
    return low >= -tolerance && high <= tolerance ? Judgement.SAME : Judgement.UNCLEAR;
  }

  /// A value of this measure with its unit.
  String text(double value) {
    if (Double.isInfinite(value)) {
      return "?";
    }
    return measure == Measure.ERRORS
        ? String.format(Locale.ROOT, "%.2f %%", value * 100)
        : String.format(Locale.ROOT, "%.2f ms", value / 1000);
  }
}
