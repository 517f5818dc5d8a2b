package io.portcullis.farm.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;

/// Where an operator sits: what is printed on, what time it is, and where file names begin.
///
/// @param live a person watches: colour, and a screen that redraws itself
/// @param width columns; the rows of `height` include the line of the cursor
/// @param directory what relative file names are relative to
/// @param pause passes time between two looks at the farm
public record Terminal(
    PrintWriter out,
    PrintWriter err,
    boolean live,
    int width,
    int height,
    Path directory,
    Map<String, String> environment,
    InstantSource time,
    Pause pause) {
  /// What consoles have when they do not say.
  public static final int DEFAULT_WIDTH = 80;

  public static final int DEFAULT_HEIGHT = 24;

  /// Passes time; tests pass none.
  public interface Pause {
    void pass(Duration time) throws InterruptedException;
  }

  public Terminal {
    environment = Map.copyOf(environment);
  }

  /// Colour only where a person looks, and not where they asked for none (no-color.org).
  boolean colour() {
    return live
        && environment.getOrDefault("NO_COLOR", "").isEmpty()
        && !environment.getOrDefault("TERM", "").equals("dumb");
  }

  String paint(Style style, String text) {
    return style.paint(text, colour());
  }

  /// Something that is wrong, and the way out.
  void complain(String message, String hint) {
    err.println(Style.BAD.paint("farmctl:", colour()) + " " + Text.safeLines(message));
    if (!hint.isEmpty()) {
      err.println("  -> " + Text.safeLines(hint));
    }
    err.flush();
  }
}
