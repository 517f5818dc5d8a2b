package io.portcullis.proxy.limit;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;

/// Events per second and source, lock-free and in bounded memory.
///
/// One long per source: 24 bits that tell it apart, 40 bits of the moment up to which its allowance is spent (the generic cell
/// rate algorithm: each event spends 1/rate of a second; a source may be at most one second ahead, so a burst is one second's
/// worth). A source that is not ahead has its whole allowance, as an unknown one has: its place is free for others.
///
/// **Past the bound** (more than eight sources that are ahead in one set of eight places) the one that is least ahead is forgotten
/// and begins anew: among very many sources a limit lets some more through, it never refuses one that is within it, and a
/// flooding source keeps its place because it is furthest ahead.
public final class SourceRates {

  private static final int TAG_BITS = 24;
  private static final int TIME_BITS = Long.SIZE - TAG_BITS;
  private static final long TIME_MASK = (1L << TIME_BITS) - 1;

  /// Units of 1.024 µs: 40 bits of them pass in 13 days, and a moment more than a burst ahead is one of an earlier round.
  private static final int NANOS_SHIFT = 10;

  private static final long UNITS_PER_SECOND = 1_000_000_000L >> NANOS_SHIFT;

  private final Ways ways = new Ways();
  private final AtomicLongArray table = new AtomicLongArray(Ways.SLOTS);
  private final LongSupplier nanos;

  /// @param nanos the clock, as `System.nanoTime`
  public SourceRates(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /// Counts one event if the source may have one.
  ///
  /// @param perSecond more than 0
  public boolean allows(long source, int perSecond) {
    long hash = ways.hash(source);
    long tag = Math.max(1, Ways.tag(hash, TAG_BITS));
    long cost = Math.max(1, UNITS_PER_SECOND / perSecond);
    long now = (nanos.getAsLong() >> NANOS_SHIFT) & TIME_MASK;
    int first = Ways.first(hash);
    while (true) {
      int place = place(first, tag, now);
      long before = table.get(place);
      boolean ours = before >>> TIME_BITS == tag;
      long ahead = ours ? ahead(before, now) : 0;
      if (ahead + cost > UNITS_PER_SECOND && ahead > 0) {
        return false;
      }
      long after = (tag << TIME_BITS) | ((now + ahead + cost) & TIME_MASK);
      if (table.compareAndSet(place, before, after)) {
        return true;
      }
    }
  }

  /// Where the source stands, else the place of whoever is least ahead.
  private int place(int first, long tag, long now) {
    int least = first;
    long leastAhead = Long.MAX_VALUE;
    for (int i = first; i < first + Ways.PER_SET; i++) {
      long entry = table.get(i);
      if (entry >>> TIME_BITS == tag) {
        return i;
      }
      long ahead = entry == 0 ? -1 : ahead(entry, now);
      if (ahead < leastAhead) {
        leastAhead = ahead;
        least = i;
      }
    }
    return least;
  }

  private static long ahead(long entry, long now) {
    long units = ((entry & TIME_MASK) - now) & TIME_MASK;
    // The most that an entry is ahead is a second and one event; more is the past, of this round or
    // an earlier one.
    return units <= 2 * UNITS_PER_SECOND ? units : 0;
  }
}
