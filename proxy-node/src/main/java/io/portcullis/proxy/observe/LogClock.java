package io.portcullis.proxy.observe;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Turns the nanoseconds that records carry into times of day: nothing is asked of the wall clock on the request path. The two clocks
/// are laid side by side once a second, so that a corrected wall clock is followed.
final class LogClock {

  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss").withZone(ZoneOffset.UTC);
  private static final long ANCHOR_NANOS = TimeUnit.SECONDS.toNanos(1);
  static final int DATE_LETTERS = 10;

  private final LongSupplier wallMillis;
  private final LongSupplier nanos;
  private long anchorMillis;
  private long anchorNanos;
  private long second = Long.MIN_VALUE;
  private String text = "";

  LogClock(LongSupplier wallMillis, LongSupplier nanos) {
    this.wallMillis = wallMillis;
    this.nanos = nanos;
    anchor();
  }

  private void anchor() {
    anchorMillis = wallMillis.getAsLong();
    anchorNanos = nanos.getAsLong();
  }

  long millisOf(long atNanos) {
    if (nanos.getAsLong() - anchorNanos > ANCHOR_NANOS) {
      anchor();
    }
    return anchorMillis + Math.floorDiv(atNanos - anchorNanos, 1_000_000L);
  }

  /// `2026-11-21T16:30:00`, UTC.
  String secondOf(long epochMillis) {
    long wanted = Math.floorDiv(epochMillis, 1000L);
    if (wanted != second) {
      second = wanted;
      text = SECOND.format(Instant.ofEpochSecond(wanted));
    }
    return text;
  }

  String now() {
    return secondOf(wallMillis.getAsLong());
  }
}
