package io.portcullis.perf.report;

import java.util.List;
import java.util.Locale;

/// A line chart as an SVG element. Colours come from the page's style, so that it follows light and dark.
public record Chart(String title, Axis x, Axis y, List<Line> lines) {

  private static final int WIDTH = 720;
  private static final int HEIGHT = 280;
  private static final int LEFT = 72;

  /// Half of the longest mark, which stands at the end of the axis.
  private static final int RIGHT = 28;

  private static final int TOP = 34;
  private static final int BOTTOM = 42;

  /// @param tone 1 to 4: which of the page's line colours
  public record Line(String name, int tone, List<Point> points) {
    public Line {
      points = List.copyOf(points);
    }
  }

  public record Point(double x, double y) {}

  public Chart {
    lines = List.copyOf(lines);
  }

  public String svg() {
    StringBuilder svg = new StringBuilder();
    svg.append(
        "<svg class=\"chart\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n"
            .formatted(WIDTH, HEIGHT, Page.escape(title)));
    text(svg, LEFT, 16, "title", "start", title);
    grid(svg);
    for (Line line : lines) {
      line(svg, line);
    }
    legend(svg);
    return svg.append("</svg>\n").toString();
  }

  private void grid(StringBuilder svg) {
    for (Axis.Mark mark : y.marks()) {
      double at = down(mark.at());
      rule(svg, LEFT, at, WIDTH - RIGHT, at);
      text(svg, LEFT - 8, at + 4, "mark", "end", mark.text());
    }
    for (Axis.Mark mark : x.marks()) {
      double at = across(mark.at());
      rule(svg, at, HEIGHT - BOTTOM, at, HEIGHT - BOTTOM + 4);
      text(svg, at, HEIGHT - BOTTOM + 18, "mark", "middle", mark.text());
    }
    text(svg, WIDTH - RIGHT, HEIGHT - 6, "mark", "end", x.label());
    text(svg, LEFT - 8, TOP - 8, "mark", "end", y.label());
  }

  private void line(StringBuilder svg, Line line) {
    if (line.points().size() == 1) {
      Point only = line.points().getFirst();
      svg.append(
          "<circle class=\"dot t%d\" cx=\"%s\" cy=\"%s\" r=\"3\"/>\n"
              .formatted(line.tone(), tenths(across(only.x())), tenths(down(only.y()))));
      return;
    }
    svg.append("<polyline class=\"line t%d\" points=\"".formatted(line.tone()));
    for (Point point : line.points()) {
      svg.append(tenths(across(point.x()))).append(',').append(tenths(down(point.y()))).append(' ');
    }
    svg.append("\"><title>").append(Page.escape(line.name())).append("</title></polyline>\n");
  }

  private void legend(StringBuilder svg) {
    double at = WIDTH - RIGHT;
    for (Line line : lines.reversed()) {
      text(svg, at, 16, "mark", "end", line.name());
      at -= line.name().length() * 7 + 8;
      svg.append(
          "<line class=\"line t%d\" x1=\"%s\" y1=\"12\" x2=\"%s\" y2=\"12\"/>\n"
              .formatted(line.tone(), tenths(at - 18), tenths(at)));
      at -= 30;
    }
  }

  private double across(double value) {
    return LEFT + x.place(value) * (WIDTH - LEFT - RIGHT);
  }

  private double down(double value) {
    return HEIGHT - BOTTOM - y.place(value) * (HEIGHT - TOP - BOTTOM);
  }

  private static void rule(StringBuilder svg, double x1, double y1, double x2, double y2) {
    svg.append(
        "<line class=\"grid\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>\n"
            .formatted(tenths(x1), tenths(y1), tenths(x2), tenths(y2)));
  }

  private static void text(
      StringBuilder svg, double x, double y, String style, String anchor, String text) {
    svg.append(
        "<text class=\"%s\" x=\"%s\" y=\"%s\" text-anchor=\"%s\">%s</text>\n"
            .formatted(style, tenths(x), tenths(y), anchor, Page.escape(text)));
  }

  /// A decimal point, whatever the machine's language.
  private static String tenths(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
