package io.portcullis.perf.capacity;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Users that each resource of a node is enough for. Pure: the same numbers give the same sheet.
record Sheet(List<Row> rows) {

  private static final double MINUTE = 60;
  private static final double HOUR = 3600;

  /// A held request is a connection to the client and one to the member, which is the client's own.
  private static final int CONNECTIONS_OF_HELD = 2;

  /// @param basis the numbers it comes from
  /// @param users NaN if something was not measured
  record Row(String resource, String basis, double users) {}

  Sheet {
    rows = List.copyOf(rows);
  }

  static Sheet of(Measured measured, Assumed assumed) {
    List<Row> rows = new ArrayList<>();
    rows.add(cpu(measured, assumed));
    rows.add(
        new Row(
            "memory of held connections",
            text(
                "%.0f bytes each (measured), %d for each held request",
                measured.idleBytes(), CONNECTIONS_OF_HELD),
            assumed.connectionBytes()
                / (assumed.held() * CONNECTIONS_OF_HELD * measured.idleBytes())));
    rows.add(
        new Row(
            "open files",
            text("%.0f, %d for each held request", assumed.descriptors(), CONNECTIONS_OF_HELD),
            assumed.descriptors() / (assumed.held() * CONNECTIONS_OF_HELD)));
    return new Sheet(rows);
  }

  /// CPU seconds that a user costs each second, all kinds of work added.
  static double cpuSharePerUser(Measured measured, Assumed assumed) {
    double handshakes = assumed.handshakesPerHour() / HOUR;
    return assumed.requestsPerMinute() / MINUTE / measured.requests()
        + handshakes * (1 - assumed.resumedShare()) / measured.fullHandshakes()
        + handshakes * assumed.resumedShare() / measured.resumedHandshakes()
        + assumed.megabytesPerHour() / HOUR / measured.megabytes();
  }

  private static Row cpu(Measured measured, Assumed assumed) {
    double share = cpuSharePerUser(measured, assumed);
    return new Row(
        "CPU",
        text(
            "for each CPU second %.0f requests, %.0f full and %.0f resumed handshakes, %.0f MiB (measured)",
            measured.requests(),
            measured.fullHandshakes(),
            measured.resumedHandshakes(),
            measured.megabytes()),
        assumed.cores() * assumed.utilisation() / share);
  }

  @SuppressWarnings("AnnotateFormatMethod") // the formats are above, a few lines away
  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values).replace("NaN", "?");
  }

  /// What gives out first; NaN if nothing is known.
  double users() {
    return rows.stream().mapToDouble(Row::users).filter(Double::isFinite).min().orElse(Double.NaN);
  }

  boolean isComplete() {
    return rows.stream().allMatch(row -> Double.isFinite(row.users()));
  }

  /// Nodes for so many users, one more than needed, so that one may fail in the busiest hour.
  long nodes(long forUsers) {
    return (long) Math.ceil(forUsers / users()) + 1;
  }
}
