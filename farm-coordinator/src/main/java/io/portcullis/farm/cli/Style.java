package io.portcullis.farm.cli;

/// What a piece of text says about the farm, and the terminal colour for it.
enum Style {
  PLAIN(""),
  TITLE("1"),
  FAINT("2"),
  GOOD("32"),
  WARNING("33"),
  BAD("31");

  private final String code;

  Style(String code) {
    this.code = code;
  }

  String paint(String text, boolean colour) {
    return !colour || code.isEmpty() || text.isEmpty()
        ? text
        : "\u001b[" + code + "m" + text + "\u001b[0m";
  }
}
