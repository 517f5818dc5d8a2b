package io.portcullis.farm.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/// Several short tables under one another in a given number of rows.
///
/// When they do not fit, the longest table gives up its healthiest rows first and says how many and where to see them, so
/// that trouble is never what falls off the screen.
final class Screen {
  /// A row, and how much it wants to be seen: 0 is well.
  record Row(int trouble, List<Table.Cell> cells) {}

  /// @param titles the empty table with its columns
  /// @param more the command that shows all rows
  record Section(Supplier<Table> titles, List<Row> rows, String more) {
    Section {
      rows = List.copyOf(rows);
    }
  }

  private static final int FEWEST_ROWS = 2;

  private Screen() {}

  static List<String> fit(List<Section> sections, int width, int height, boolean colour) {
    List<Section> shown = sections.stream().filter(s -> !s.rows().isEmpty()).toList();
    int[] rows = shown.stream().mapToInt(s -> s.rows().size()).toArray();
    int[] limits = rows.clone();
    boolean shrinking = true;
    while (shrinking && height(rows, limits) > height) {
      shrinking = shrinkLongest(limits);
    }
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < shown.size(); i++) {
      lines.add("");
      lines.addAll(lines(shown.get(i), limits[i], width, colour));
    }
    return lines;
  }

  /// Blank line, titles, rows, and the line that says what was left out.
  private static int height(int[] rows, int[] limits) {
    int height = 0;
    for (int i = 0; i < rows.length; i++) {
      height += 2 + limits[i] + (limits[i] < rows[i] ? 1 : 0);
    }
    return height;
  }

  private static boolean shrinkLongest(int[] limits) {
    int longest = 0;
    for (int i = 1; i < limits.length; i++) {
      longest = limits[i] > limits[longest] ? i : longest;
    }
    if (limits.length == 0 || limits[longest] <= FEWEST_ROWS) {
      return false;
    }
    limits[longest]--;
    return true;
  }

  private static List<String> lines(Section section, int limit, int width, boolean colour) {
    List<Row> rows = section.rows();
    boolean cut = limit < rows.size();
    List<Row> shown =
        cut
            ? rows.stream()
                .sorted(Comparator.comparingInt(Row::trouble).reversed())
                .limit(limit)
                .toList()
            : rows;
    Table table = section.titles().get();
    shown.forEach(row -> table.row(row.cells().toArray(Table.Cell[]::new)));
    List<String> lines = new ArrayList<>(table.lines(width, colour));
    if (cut) {
      int hidden = rows.size() - limit;
      lines.add(
          Style.FAINT.paint(Text.cut("and " + hidden + " more: " + section.more(), width), colour));
    }
    return lines;
  }
}
