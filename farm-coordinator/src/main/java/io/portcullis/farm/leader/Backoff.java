package io.portcullis.farm.leader;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// How long to leave an authority alone after failures: twice as long each time, and up to a quarter more by chance, so that many farms do
/// not come back at the same moment.
final class Backoff {
  /// The doubling ends long before.
  private static final int MOST_DOUBLINGS = 20;

  /// Authorities ask for hours; one that asks for more is not believed.
  private static final Duration LONGEST_WISH = Duration.ofDays(2);

  private Backoff() {}

  /// @param failures in a row, this one included
  /// @param wish when the authority wants to be asked again
  static Instant next(
      int failures,
      Optional<Instant> wish,
      Instant now,
      AcmeChores.Spans spans,
      RandomGenerator chance) {
    Duration wait =
        spans.firstRetry().multipliedBy(1L << Math.clamp(failures - 1, 0, MOST_DOUBLINGS));
    if (wait.compareTo(spans.lastRetry()) > 0) {
      wait = spans.lastRetry();
    }
    Instant next = now.plus(wait).plusMillis(chance.nextLong(1 + wait.toMillis() / 4));
    Instant asked = wish.orElse(next);
    Instant latest = now.plus(LONGEST_WISH);
    if (asked.isAfter(latest)) {
      asked = latest;
    }
    return asked.isAfter(next) ? asked : next;
  }

  /// No wait is longer.
  static Duration longest(AcmeChores.Spans spans) {
    Duration own = spans.lastRetry().plus(spans.lastRetry().dividedBy(4));
    return own.compareTo(LONGEST_WISH) > 0 ? own : LONGEST_WISH;
  }
}
