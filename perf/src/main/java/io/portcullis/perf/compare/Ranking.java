package io.portcullis.perf.compare;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.portcullis.perf.report.Page;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// Medians over rounds, and ratios taken within each round, where all had the same machine.
record Ranking(List<Figure> figures, List<String> contenders) {

  Ranking {
    figures = List.copyOf(figures);
    contenders = List.copyOf(contenders);
  }

  private List<Figure> of(String workload, String contender) {
    return figures.stream()
        .filter(one -> one.workload().equals(workload) && one.contender().equals(contender))
        .toList();
  }

  private List<String> workloads() {
    return figures.stream().map(Figure::workload).distinct().toList();
  }

  /// How much better `one` is than `other`: above 1 is better, in every workload. NaN if they share no round.
  double ratio(String workload, String one, String other) {
    List<Double> ratios = new ArrayList<>();
    for (Figure mine : of(workload, one)) {
      for (Figure theirs : of(workload, other)) {
        if (mine.round() == theirs.round()) {
          ratios.add(
              Workload.of(workload).isLatency()
                  ? (double) theirs.p99() / mine.p99()
                  : mine.perCpuSecond() / theirs.perCpuSecond());
        }
      }
    }
    return median(ratios.stream().filter(Double::isFinite).toList());
  }

  private double median(String workload, String contender, ToDoubleFunction<Figure> of) {
    return median(
        of(workload, contender).stream().map(of::applyAsDouble).filter(Double::isFinite).toList());
  }

  static double median(List<Double> values) {
    if (values.isEmpty()) {
      return Double.NaN;
    }
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /// (largest - smallest) / median of the compared figure: differences below it mean nothing.
  double spread(String workload, String contender) {
    ToDoubleFunction<Figure> of =
        Workload.of(workload).isLatency() ? figure -> (double) figure.p99() : Figure::perCpuSecond;
    double[] values =
        of(workload, contender).stream()
            .mapToDouble(of)
            .filter(Double::isFinite)
            .sorted()
            .toArray();
    return values.length == 0
        ? Double.NaN
        : (values[values.length - 1] - values[0]) / values[values.length / 2];
  }

  long failed() {
    return figures.stream().mapToLong(Figure::failed).sum();
  }

  List<String> head() {
    List<String> head =
        new ArrayList<>(
            List.of(
                "workload",
                "proxy",
                "req/cpu-s",
                "spread",
                "req/s",
                "utilisation",
                "p50",
                "p99",
                "errors"));
    contenders.forEach(name -> head.add("vs " + name));
    return head;
  }

  List<List<String>> rows() {
    List<List<String>> rows = new ArrayList<>();
    for (String workload : workloads()) {
      for (String contender : contenders) {
        rows.add(row(workload, contender));
      }
    }
    return rows;
  }

  private List<String> row(String workload, String contender) {
    boolean latency = Workload.of(workload).isLatency();
    List<String> row = new ArrayList<>();
    row.add(workload);
    row.add(contender);
    row.add(number("%,.0f", median(workload, contender, Figure::perCpuSecond)));
    row.add(number("%.0f %%", 100 * spread(workload, contender)));
    row.add(number("%,.0f", median(workload, contender, one -> one.answered() / one.seconds())));
    row.add(number("%.0f %%", 100 * median(workload, contender, Figure::utilisation)));
    row.add(
        latency ? number("%.0f µs", median(workload, contender, one -> (double) one.p50())) : "");
    row.add(
        latency ? number("%.0f µs", median(workload, contender, one -> (double) one.p99())) : "");
    row.add(Long.toString(of(workload, contender).stream().mapToLong(Figure::failed).sum()));
    for (String other : contenders) {
      row.add(other.equals(contender) ? "" : number("%.2f", ratio(workload, contender, other)));
    }
    return row;
  }

  @SuppressWarnings("AnnotateFormatMethod") // the formats are above, a few lines away
  private static String number(String format, double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "–";
  }

  String markdown() {
    StringBuilder text = new StringBuilder();
    line(text, head());
    line(text, head().stream().map(_ -> "---").toList());
    rows().forEach(row -> line(text, row));
    return text.toString();
  }

  static void line(StringBuilder text, List<String> cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  /// Medians for programs; a figure that could not be told is left out.
  String json(String conditions, boolean fair) throws IOException {
    Map<String, Map<String, Double>> figures = new LinkedHashMap<>();
    for (String workload : workloads()) {
      for (String contender : contenders) {
        double value = median(workload, contender, Figure::perCpuSecond);
        if (Double.isFinite(value)) {
          figures.computeIfAbsent(workload, _ -> new LinkedHashMap<>()).put(contender, value);
        }
      }
    }
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("format", 1);
    document.put("conditions", conditions);
    document.put("fair", fair);
    document.put("errors", failed());
    document.put("perCpuSecond", figures);
    return new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(document) + "\n";
  }

  Page page(String conditions) {
    return new Page("Compared: requests for each second of a proxy's CPU time")
        .line("soft", conditions)
        .line(
            failed() == 0 ? "good" : "bad",
            failed() == 0 ? "No errors." : failed() + " errors: these figures do not count.")
        .table(head(), rows())
        .line(
            "soft",
            "Medians over rounds; ratios within each round, above 1 is better (latency: of p99)."
                + " A difference smaller than the spread means nothing.");
  }
}
