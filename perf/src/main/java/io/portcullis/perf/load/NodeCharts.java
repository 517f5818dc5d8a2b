package io.portcullis.perf.load;

import io.portcullis.perf.report.Axis;
import io.portcullis.perf.report.Chart;
import io.portcullis.perf.report.Page;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// What nodes said of themselves while load ran.
final class NodeCharts {

  /// The page has so many line colours.
  private static final int MAX_LINES = 4;

  private static final double PERCENT = 100;

  private NodeCharts() {}

  static void onto(Page page, LoadResult result) {
    if (result.nodes().isEmpty()) {
      return;
    }
    page.heading("Nodes");
    double end = result.nodes().getLast().at();
    chart(page, result, "Processors busy", end, LoadResult.NodeSecond::cpu);
    chart(page, result, "Garbage collection, % of the time", end, second -> second.gc() * PERCENT);
  }

  private static void chart(
      Page page,
      LoadResult result,
      String title,
      double end,
      ToDoubleFunction<LoadResult.NodeSecond> of) {
    Map<String, List<Chart.Point>> points = new LinkedHashMap<>();
    double highest = 0.1;
    for (LoadResult.NodeSecond second : result.nodes()) {
      double value = of.applyAsDouble(second);
      highest = Math.max(highest, value);
      points
          .computeIfAbsent(second.node(), _ -> new ArrayList<>())
          .add(new Chart.Point(second.at(), value));
    }
    List<Chart.Line> lines = new ArrayList<>();
    points.forEach((node, line) -> {
      if (lines.size() < MAX_LINES) {
        String name = node.replaceFirst("^https?://", "").replaceFirst("/metrics$", "");
        lines.add(new Chart.Line(name, lines.size() + 1, line));
      }
    });
    page.chart(
        new Chart(
            title,
            Axis.linear("seconds", end, Reports::number),
            Axis.linear("", highest, Reports::number),
            lines));
  }
}
