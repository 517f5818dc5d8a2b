package io.portcullis.perf.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/// A scale of a chart: values to a place between 0 and 1, and the marks along it.
///
/// @param log whether equal distances are equal factors
public record Axis(String label, double from, double to, boolean log, List<Mark> marks) {

  private static final int WANTED_MARKS = 5;

  /// A chart of percentiles ends here; beyond lie single requests.
  private static final double MOST_NINES = 4;

  public record Mark(double at, String text) {}

  public Axis {
    marks = List.copyOf(marks);
  }

  /// From 0 to at least `highest`, with round marks.
  public static Axis linear(String label, double highest, DoubleFunction<String> text) {
    double step = step(Math.max(highest, 1e-9) / WANTED_MARKS);
    List<Mark> marks = new ArrayList<>();
    double top = 0;
    for (int i = 0; top < highest || i < 2; i++) {
      top = i * step;
      marks.add(new Mark(top, text.apply(top)));
    }
    return new Axis(label, 0, top, false, marks);
  }

  private static double step(double rough) {
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double digit = rough / power;
    return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
  }

  /// Powers of ten around `lowest` to `highest`.
  public static Axis log(String label, double lowest, double highest, DoubleFunction<String> text) {
    int first = (int) Math.floor(Math.log10(Math.max(lowest, 1e-9)));
    int last = Math.max(first + 1, (int) Math.ceil(Math.log10(Math.max(highest, 1e-9))));
    List<Mark> marks = new ArrayList<>();
    for (int power = first; power <= last; power++) {
      marks.add(new Mark(Math.pow(10, power), text.apply(Math.pow(10, power))));
    }
    return new Axis(label, Math.pow(10, first), Math.pow(10, last), true, marks);
  }

  /// 50 %, 90 %, 99 %, ...: equal distances are tenths of what is left.
  public static Axis percentiles() {
    List<Mark> marks = new ArrayList<>(List.of(new Mark(0, "0"), new Mark(nines(0.5), "50")));
    for (int power = 1; power <= MOST_NINES; power++) {
      double share = 100 - Math.pow(10, 2 - power);
      marks.add(
          new Mark(power, String.format(Locale.ROOT, "%." + Math.max(0, power - 2) + "f", share)));
    }
    return new Axis("percentile", 0, MOST_NINES, false, marks);
  }

  /// Where a share of 0 to 1 lies on such an axis.
  public static double nines(double share) {
    return Math.min(MOST_NINES, -Math.log10(Math.max(1e-12, 1 - share)));
  }

  double place(double value) {
    double place =
        log
            ? (Math.log10(Math.max(value, from)) - Math.log10(from))
                / (Math.log10(to) - Math.log10(from))
            : (value - from) / (to - from);
    return Math.clamp(place, 0, 1);
  }
}
