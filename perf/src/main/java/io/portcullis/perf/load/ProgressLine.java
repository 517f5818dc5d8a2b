package io.portcullis.perf.load;

import java.io.Console;
import java.io.PrintStream;
import java.util.Locale;
import java.util.function.Consumer;

/// One line a second while load runs; on a terminal it stays one line.
final class ProgressLine implements Consumer<LoadResult.Second> {

  private final PrintStream out;
  private final boolean terminal;
  private final double duration;
  private double before;

  ProgressLine(PrintStream out, boolean terminal, double duration) {
    this.out = out;
    this.terminal = terminal;
    this.duration = duration;
  }

  @Override
  public void accept(LoadResult.Second second) {
    double length = Math.max(1e-3, second.at() - before);
    before = second.at();
    String line =
        String.format(
            Locale.ROOT,
            "%4.0f/%.0f s  %,9.0f/s due  %,9.0f/s answered  %,6d errors  p50 %s  p99 %s  max %s",
            second.at(),
            duration,
            second.arrivals() / length,
            second.answered() / length,
            second.failed(),
            time(second.p50()),
            time(second.p99()),
            time(second.max()));
    out.print(terminal ? "\r" + line + "\u001b[K" : line + "\n");
    out.flush();
  }

  void end() {
    if (terminal) {
      out.println();
    }
  }

  static String time(long micros) {
    return time((double) micros);
  }

  /// Whether somebody watches.
  @SuppressWarnings("SystemConsoleNull") // documented as null where there is no console
  static boolean isWatched() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  /// Three figures and a unit.
  static String time(double micros) {
    if (micros < 1000) {
      return String.format(Locale.ROOT, "%.0f µs", micros);
    }
    double millis = micros / 1000;
    if (millis < 1000) {
      return String.format(
          Locale.ROOT, millis < 10 ? "%.2f ms" : millis < 100 ? "%.1f ms" : "%.0f ms", millis);
    }
    return String.format(Locale.ROOT, "%.2f s", millis / 1000);
  }
}
