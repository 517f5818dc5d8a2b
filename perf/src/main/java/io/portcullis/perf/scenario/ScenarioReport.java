package io.portcullis.perf.scenario;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.portcullis.perf.load.LoadResult;
import io.portcullis.perf.report.Axis;
import io.portcullis.perf.report.Chart;
import io.portcullis.perf.report.Page;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// What was played, for a terminal, for people who were not there, and for programs.
record ScenarioReport(List<Played> played) {

  static final int FORMAT = 1;

  ScenarioReport {
    played = List.copyOf(played);
  }

  /// The document that programs read.
  record Document(int format, boolean fine, List<Line> scenarios) {}

  record Line(
      String scenario,
      boolean fine,
      double beganSecond,
      double endedSecond,
      List<Check> checks,
      Map<String, Load> loads) {}

  record Load(
      long answered, long failed, Map<String, Long> errors, List<LoadResult.Second> timeline) {}

  boolean fine() {
    return played.stream().allMatch(Played::fine);
  }

  /// One line for each scenario, and below it each limit that was not kept.
  String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT, "%-24s %9s %7s %8s  %s%n", "", "answered", "failed", "took", "limits"));
    for (Played one : played) {
      text.append(
          String.format(
              Locale.ROOT,
              "%s %-22s %,9d %,7d %6.1f s  %s%n",
              one.fine() ? "✓" : "✗",
              one.scenario().word(),
              one.answered(),
              one.failed(),
              one.ended() - one.began(),
              kept(one)));
      one.checks().stream()
          .filter(check -> !check.kept())
          .forEach(check -> text.append("    ✗ %s: %s%n".formatted(check.limit(), check.seen())));
    }
    return text.append(summary()).append('\n').toString();
  }

  private static String kept(Played one) {
    long count = one.checks().stream().filter(Check::kept).count();
    return count + " of " + one.checks().size() + " kept";
  }

  private String summary() {
    long bad = played.stream().filter(one -> !one.fine()).count();
    return bad == 0
        ? "all " + played.size() + " scenarios passed"
        : bad + " of " + played.size() + " scenarios failed";
  }

  Page page() {
    Page page = new Page("Scenarios: a farm while something happens to it");
    if (!played.isEmpty()) {
      LoadResult first = played.getFirst().loads().getFirst();
      page.line(
          "soft",
          "%s · %s, %d processors, load %.1f · farm, pool and users on one machine"
              .formatted(
                  first.started(),
                  first.machine().system(),
                  first.machine().processors(),
                  first.machine().load()));
    }
    page.line(fine() ? "good" : "bad", summary());
    List<List<String>> rows = new ArrayList<>();
    for (Played one : played) {
      for (Check check : one.checks()) {
        rows.add(
            List.of(
                (check.kept() ? "✓ " : "✗ ") + one.scenario().word(), check.limit(), check.seen()));
      }
    }
    page.prose(List.of("scenario", "limit", "seen"), rows);
    for (Played one : played) {
      page.heading(one.scenario().word());
      one.loads().forEach(load -> page.chart(chart(one, load)));
    }
    page.line("soft", "The box is the time from the event until everything was as before.");
    return page;
  }

  private static Chart chart(Played one, LoadResult load) {
    List<LoadResult.Second> seconds = load.timeline();
    double top =
        seconds.stream().mapToDouble(second -> Math.max(second.answered(), 1)).max().orElse(1);
    double end = Math.max(one.ended(), seconds.isEmpty() ? 1 : seconds.getLast().at());
    return new Chart(
        load.asked().model() + ", requests a second",
        Axis.linear("seconds", end, ScenarioReport::number),
        Axis.linear("/s", top, ScenarioReport::number),
        List.of(
            new Chart.Line(
                "answered",
                1,
                seconds.stream()
                    .map(second -> new Chart.Point(second.at(), second.answered()))
                    .toList()),
            new Chart.Line(
                "failed",
                2,
                seconds.stream()
                    .map(second -> new Chart.Point(second.at(), second.failed()))
                    .toList()),
            new Chart.Line(
                "event",
                4,
                List.of(
                    new Chart.Point(one.began(), 0),
                    new Chart.Point(one.began(), top),
                    new Chart.Point(one.ended(), top),
                    new Chart.Point(one.ended(), 0)))));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value == Math.rint(value) ? "%,.0f" : "%.1f", value);
  }

  String json() {
    List<Line> lines = new ArrayList<>();
    for (Played one : played) {
      Map<String, Load> loads = new TreeMap<>();
      for (LoadResult load : one.loads()) {
        loads.put(
            load.asked().model(),
            new Load(load.answered(), load.failed(), load.errors(), load.timeline()));
      }
      lines.add(
          new Line(
              one.scenario().word(), one.fine(), one.began(), one.ended(), one.checks(), loads));
    }
    try {
      return new JsonMapper()
              .writerWithDefaultPrettyPrinter()
              .writeValueAsString(new Document(FORMAT, fine(), lines))
          + "\n";
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
