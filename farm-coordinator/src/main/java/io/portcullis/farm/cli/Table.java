package io.portcullis.farm.cli;

import java.util.ArrayList;
import java.util.List;

/// Aligned columns under titles, never wider than the terminal: too wide a table cuts its widest columns first.
final class Table {
  private static final int GAP = 2;

  /// Below this a cut cell says nothing.
  private static final int NARROWEST = 6;

  private record Column(String title, boolean number) {}

  record Cell(String text, Style style) {
    Cell {
      text = Text.safe(text);
    }

    static Cell of(String text) {
      return new Cell(text, Style.PLAIN);
    }

    static Cell of(long number) {
      return of(Long.toString(number));
    }
  }

  private final List<Column> columns = new ArrayList<>();
  private final List<List<Cell>> rows = new ArrayList<>();

  Table text(String title) {
    columns.add(new Column(title, false));
    return this;
  }

  Table number(String title) {
    columns.add(new Column(title, true));
    return this;
  }

  Table row(String... cells) {
    return row(java.util.Arrays.stream(cells).map(Cell::of).toArray(Cell[]::new));
  }

  Table row(Cell... cells) {
    if (cells.length != columns.size()) {
      throw new IllegalArgumentException(
          cells.length + " cells for " + columns.size() + " columns");
    }
    rows.add(List.of(cells));
    return this;
  }

  int rows() {
    return rows.size();
  }

  /// Title line first, then a line per row; no line has trailing blanks.
  List<String> lines(int width, boolean colour) {
    int[] widths = widths(width);
    List<String> lines = new ArrayList<>();
    lines.add(
        line(columns.stream().map(c -> new Cell(c.title(), Style.FAINT)).toList(), widths, colour));
    for (List<Cell> row : rows) {
      lines.add(line(row, widths, colour));
    }
    return lines;
  }

  String render(int width, boolean colour) {
    return String.join("\n", lines(width, colour)) + "\n";
  }

  private int[] widths(int width) {
    int[] widths = new int[columns.size()];
    int total = GAP * (columns.size() - 1);
    for (int i = 0; i < widths.length; i++) {
      int column = i;
      widths[i] =
          Math.max(
              columns.get(i).title().length(),
              rows.stream().mapToInt(row -> row.get(column).text().length()).max().orElse(0));
      total += widths[i];
    }
    while (total > width) {
      int widest = widest(widths);
      if (widths[widest] <= NARROWEST) {
        break;
      }
      widths[widest]--;
      total--;
    }
    return widths;
  }

  /// The last of the widest: the first columns are names, which are worth most.
  private static int widest(int[] widths) {
    int widest = 0;
    for (int i = 1; i < widths.length; i++) {
      widest = widths[i] >= widths[widest] ? i : widest;
    }
    return widest;
  }

  private String line(List<Cell> cells, int[] widths, boolean colour) {
    StringBuilder line = new StringBuilder();
    int pending = 0;
    for (int i = 0; i < widths.length; i++) {
      String text = Text.cut(cells.get(i).text(), widths[i]);
      int blank = widths[i] - text.length();
      boolean number = columns.get(i).number();
      int before = pending + (number ? blank : 0);
      if (!text.isEmpty()) {
        line.append(" ".repeat(before)).append(cells.get(i).style().paint(text, colour));
        pending = number ? GAP : blank + GAP;
      } else {
        pending += widths[i] + GAP;
      }
    }
    return line.toString();
  }
}
