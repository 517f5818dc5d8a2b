package io.portcullis.perf.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/// What the person who started the demo reads while it comes up: seconds since the start, and what was done.
final class Progress {

  private static final String GREEN = "32";
  private static final String RED = "31";

  private final long start = System.nanoTime();
  private final boolean colour;

  Progress(boolean colour) {
    this.colour = colour;
  }

  /// Colours where a person looks, unless NO_COLOR (no-color.org) asks for none.
  static boolean wantsColour() {
    String refused = System.getenv("NO_COLOR");
    return isTerminal() && (refused == null || refused.isEmpty());
  }

  /// Whether somebody looks at what is printed: a pipe or file gets plain lines, whatever the input is.
  static boolean isTerminal() {
    try {
      String output = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
      return output.startsWith("/dev/pts/") || output.startsWith("/dev/tty");
    } catch (IOException e) {
      return false;
    }
  }

  void done(String what) {
    double seconds = Duration.ofNanos(System.nanoTime() - start).toMillis() / 1000.0;
    line(String.format(Locale.ROOT, "%6.1f s  %s", seconds, what));
  }

  void line(String text) {
    System.out.println(text);
    System.out.flush();
  }

  void failed(String text) {
    line(paint(RED, text));
  }

  String good(String text) {
    return paint(GREEN, text);
  }

  String bad(String text) {
    return paint(RED, text);
  }

  boolean colour() {
    return colour;
  }

  private String paint(String code, String text) {
    return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
