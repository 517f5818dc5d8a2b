package io.portcullis.farm.cli;

import java.time.Duration;

/// Words and numbers as an operator's terminal shows them; ASCII only, because consoles of appliances know little else.
final class Text {
  private static final String CUT = "...";

  private Text() {}

  /// One line without control characters: what nodes and members report must not move the operator's cursor.
  static String safe(String text) {
    return text.codePoints()
        .map(c -> isUnsafe(c) ? (Character.isWhitespace(c) ? ' ' : '?') : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /// The same, but with its line breaks: a message of several lines, a document.
  static String safeLines(String text) {
    return String.join("\n", text.lines().map(line -> safe(line.replace("\t", "    "))).toList());
  }

  private static boolean isUnsafe(int c) {
    return Character.isISOControl(c)
        || Character.getType(c) == Character.FORMAT
        || Character.getType(c) == Character.LINE_SEPARATOR
        || Character.getType(c) == Character.PARAGRAPH_SEPARATOR
        || Character.getType(c) == Character.SURROGATE;
  }

  static String cut(String text, int width) {
    if (text.length() <= width) {
      return text;
    }
    return width <= CUT.length()
        ? text.substring(0, Math.max(0, width))
        : text.substring(0, width - CUT.length()) + CUT;
  }

  static String padRight(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  static String padLeft(String text, int width) {
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }

  /// The two units that matter: `45 s`, `12 m 5 s`, `3 h 20 m`, `12 d 4 h`.
  static String lasting(Duration time) {
    long seconds = Math.max(0, time.toSeconds());
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3600) {
      return seconds / 60 + " m " + seconds % 60 + " s";
    }
    if (seconds < 86_400) {
      return seconds / 3600 + " h " + seconds % 3600 / 60 + " m";
    }
    return seconds / 86_400 + " d " + seconds % 86_400 / 3600 + " h";
  }

  /// `1 node`, `2 nodes`.
  static String count(long number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }
}
