package io.portcullis.perf.load;

import io.portcullis.perf.report.Axis;
import io.portcullis.perf.report.Chart;
import io.portcullis.perf.report.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// A result as two files: JSON for programs, one HTML page for people.
public final class Reports {

  /// A line of a chart with more points than this is no clearer.
  private static final int PERCENTILE_POINTS = 120;

  private static final int MAX_CURVES = 4;

  private Reports() {}

  /// @return the JSON and the HTML file
  static List<Path> writeBoth(Path name, LoadResult result, KneeSearch.@Nullable Knee knee)
      throws IOException {
    Path html = write(name, result, page(result, knee));
    return List.of(json(name), html);
  }

  /// @param name of both files, without what follows the dot
  /// @return the HTML file
  public static Path write(Path name, LoadResult result, Page page) throws IOException {
    Path parent = name.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.writeString(json(name), result.toJson());
    return Files.writeString(name.resolveSibling(name.getFileName() + ".html"), page.html());
  }

  private static Path json(Path name) {
    return name.resolveSibling(name.getFileName() + ".json");
  }

  /// The page, to which more may be added.
  public static Page page(LoadResult result) {
    return page(result, null);
  }

  static Page page(LoadResult result, KneeSearch.@Nullable Knee knee) {
    LoadResult.Asked asked = result.asked();
    Page page = new Page("Load: " + asked.model() + " at " + asked.target());
    page.line(
        "soft",
        "%s · %s over %s s · connected to %s · %s · %d processors, load %.1f · Java %s"
            .formatted(
                result.started(),
                asked.rate() > 0
                    ? number(asked.rate()) + "/s " + (asked.random() ? "at random" : "evenly")
                    : "closed loop",
                number(asked.seconds()),
                asked.address(),
                result.machine().name() + ", " + result.machine().system(),
                result.machine().processors(),
                result.machine().load(),
                result.machine().java()));
    page.line(
        result.failed() == 0 ? "good" : "bad",
        result.failed() == 0
            ? "Everything was answered rightly."
            : number(result.failed()) + " requests failed; by kind below.");
    if (!result.complete()) {
      page.line("bad", "Stopped after " + number(result.seconds()) + " s: a partial result.");
    }
    if (asked.rate() > 0 && result.lateness().p99() > Summary.LATE_MICROS) {
      page.line(
          "bad",
          "The generator began requests %s late at p99: it, or its machine, was the limit."
              .formatted(ProgressLine.time(result.lateness().p99())));
    }
    if (!result.agreed().isEmpty()) {
      page.line(
          "soft",
          "TLS: "
              + result.agreed().entrySet().stream()
                  .map(one -> one.getKey() + " (" + number(one.getValue()) + ")")
                  .collect(Collectors.joining(", ")));
    }
    facts(page, result);
    operations(page, result);
    percentiles(page, result);
    timeline(page, result);
    NodeCharts.onto(page, result);
    if (knee != null) {
      knee(page, knee);
    }
    page.line(
        "soft",
        "Latency counts from the moment a request was due, not from when it could be sent. Errors are not in the latencies.");
    return page;
  }

  private static void facts(Page page, LoadResult result) {
    Histogram all = new Histogram(Tally.MAX_MICROS, Tally.DIGITS);
    result
        .operations()
        .forEach((name, operation) -> {
          if (!name.endsWith("(whole)")) {
            all.add(operation.histogram());
          }
        });
    page.facts(
        List.of(
            new Page.Fact(
                number((double) all.getTotalCount() / result.seconds()) + "/s", "answered"),
            new Page.Fact(number(result.failed()), "failed"),
            new Page.Fact(ProgressLine.time(all.getValueAtPercentile(50)), "p50"),
            new Page.Fact(ProgressLine.time(all.getValueAtPercentile(99)), "p99"),
            new Page.Fact(ProgressLine.time(all.getValueAtPercentile(99.9)), "p99.9"),
            new Page.Fact(
                number((double) result.bodyBytes() / result.seconds() / 1e6) + " MB/s",
                "bodies received")));
  }

  private static void operations(Page page, LoadResult result) {
    page.heading("Operations");
    List<List<String>> rows = new ArrayList<>();
    result
        .operations()
        .forEach((name, operation) -> {
          LoadResult.Latency latency = operation.latency();
          rows.add(
              List.of(
                  name,
                  number(latency.count()),
                  number(operation.failed()),
                  time(latency, latency.p50()),
                  time(latency, latency.p90()),
                  time(latency, latency.p99()),
                  time(latency, latency.p999()),
                  time(latency, latency.max())));
        });
    page.table(
        List.of("operation", "answered", "failed", "p50", "p90", "p99", "p99.9", "max"), rows);
    page.heading("Errors by kind");
    if (result.errors().isEmpty()) {
      page.line("soft", "none");
      return;
    }
    List<List<String>> errors = new ArrayList<>();
    for (Map.Entry<String, LoadResult.Operation> operation : result.operations().entrySet()) {
      operation
          .getValue()
          .errors()
          .forEach((kind, count) -> errors.add(List.of(kind, operation.getKey(), number(count))));
    }
    page.table(List.of("kind", "operation", "count"), errors);
  }

  /// Nothing was answered: there is no latency.
  private static String time(LoadResult.Latency latency, long micros) {
    return latency.count() == 0 ? "–" : ProgressLine.time(micros);
  }

  private static void percentiles(Page page, LoadResult result) {
    page.heading("Latency by percentile");
    List<Chart.Line> lines = new ArrayList<>();
    double highest = 1000;
    double lowest = 1000;
    List<String> busiest =
        result.operations().entrySet().stream()
            .filter(operation -> operation.getValue().latency().count() > 0)
            .sorted((a, b) ->
                Long.compare(b.getValue().latency().count(), a.getValue().latency().count()))
            .limit(MAX_CURVES)
            .map(Map.Entry::getKey)
            .toList();
    for (String name : busiest) {
      LoadResult.Operation operation = result.operations().get(name);
      if (operation == null) {
        continue;
      }
      Histogram all = operation.histogram();
      List<Chart.Point> points = new ArrayList<>();
      for (int i = 0; i <= PERCENTILE_POINTS; i++) {
        double nines = 4.0 * i / PERCENTILE_POINTS;
        points.add(
            new Chart.Point(
                nines, (double) all.getValueAtPercentile(100 * (1 - Math.pow(10, -nines)))));
      }
      lines.add(new Chart.Line(name, lines.size() + 1, points));
      highest = Math.max(highest, (double) all.getMaxValue());
      lowest = Math.min(lowest, Math.max(1.0, (double) all.getMinNonZeroValue()));
    }
    page.chart(
        new Chart(
            "Latency",
            Axis.percentiles(),
            Axis.log("", lowest, highest, ProgressLine::time),
            lines));
  }

  private static void timeline(Page page, LoadResult result) {
    page.heading("Over time");
    List<LoadResult.Second> seconds = result.timeline();
    List<LoadResult.Second> answered =
        seconds.stream().filter(second -> second.answered() > 0).toList();
    double end = seconds.isEmpty() ? 1 : seconds.getLast().at();
    Axis time = Axis.linear("seconds", end, Reports::number);
    page.chart(
        new Chart(
            "Latency",
            time,
            Axis.log(
                "",
                Math.max(1, lowest(seconds)),
                Math.max(1000, highest(seconds, LoadResult.Second::max)),
                ProgressLine::time),
            List.of(
                line("p50", 1, answered, LoadResult.Second::p50),
                line("p99", 2, answered, LoadResult.Second::p99),
                line("max", 4, answered, LoadResult.Second::max))));
    page.chart(
        new Chart(
            "Requests a second",
            time,
            Axis.linear(
                "/s",
                Math.max(
                    1,
                    Math.max(
                        highest(seconds, LoadResult.Second::arrivals),
                        highest(seconds, LoadResult.Second::answered))),
                Reports::number),
            List.of(
                line("due", 3, seconds, LoadResult.Second::arrivals),
                line("answered", 1, seconds, LoadResult.Second::answered))));
    if (result.failed() > 0) {
      page.chart(
          new Chart(
              "Errors a second",
              time,
              Axis.linear("/s", highest(seconds, LoadResult.Second::failed), Reports::number),
              List.of(line("failed", 2, seconds, LoadResult.Second::failed))));
    }
  }

  private static Chart.Line line(
      String name,
      int tone,
      List<LoadResult.Second> seconds,
      ToDoubleFunction<LoadResult.Second> y) {
    return new Chart.Line(
        name,
        tone,
        seconds.stream()
            .map(second -> new Chart.Point(second.at(), y.applyAsDouble(second)))
            .toList());
  }

  private static double highest(
      List<LoadResult.Second> seconds, ToDoubleFunction<LoadResult.Second> of) {
    return seconds.stream().mapToDouble(of).max().orElse(1);
  }

  private static double lowest(List<LoadResult.Second> seconds) {
    return seconds.stream()
        .mapToDouble(LoadResult.Second::p50)
        .filter(value -> value > 0)
        .min()
        .orElse(1);
  }

  private static void knee(Page page, KneeSearch.Knee knee) {
    page.heading("The knee: " + number(knee.rate()) + "/s");
    page.table(
        List.of("rate", "p99", "errors"),
        knee.trials().stream()
            .map(trial ->
                List.of(
                    number(trial.rate()) + "/s",
                    ProgressLine.time(trial.p99Micros()),
                    String.format(Locale.ROOT, "%.2f %%", trial.errorShare() * 100)))
            .toList());
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /// Three figures, thousands apart.
  static String number(double value) {
    return value == Math.rint(value) || Math.abs(value) >= 100
        ? String.format(Locale.ROOT, "%,.0f", value)
        : String.format(Locale.ROOT, "%.3g", value);
  }
}
