package io.portcullis.perf.bindings;

import java.util.List;
import java.util.Locale;

/// A count at several numbers of nodes, as a straight line through the first and the last, and how far the others lie off it.
///
/// @param fixed what it costs however many nodes there are
/// @param each what each node adds
/// @param off the largest distance of a point from the line, as a share of the value there
record GrowthLaw(double fixed, double each, double off) {

  record Point(int nodes, double count) {}

  static GrowthLaw of(List<Point> points) {
    Point first = points.getFirst();
    Point last = points.getLast();
    double each =
        points.size() < 2 ? 0 : (last.count() - first.count()) / (last.nodes() - first.nodes());
    double fixed = first.count() - each * first.nodes();
    double off = 0;
    for (Point point : points) {
      double line = fixed + each * point.nodes();
      off = Math.max(off, Math.abs(point.count() - line) / Math.max(1, Math.abs(point.count())));
    }
    return new GrowthLaw(fixed, each, off);
  }

  String text() {
    return String.format(
        Locale.ROOT, "%.1f + %.1f a node (other sizes lie within %.0f %%)", fixed, each, off * 100);
  }
}
