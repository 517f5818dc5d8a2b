package io.portcullis.proxy.limit;

import java.util.concurrent.atomic.AtomicLongArray;

/// How many of something each source has at the moment, lock-free and in bounded memory.
///
/// One long per source: 44 bits that tell it apart, 20 bits of count; a place whose count is 0 is free. A holder remembers its
/// place, which nobody else can take while it is held.
///
/// **Past the bound** (nine sources in one set of eight places) the newcomer is not counted and goes through. Two first ones of
/// a source at the same instant on two threads may be counted in two places; the limit is then up to twice as high for it
/// until one of the places is free again.
public final class SourceCounts {

  /// Taken, though not counted.
  public static final int UNCOUNTED = -1;

  /// Not taken: the source has as many as it may.
  public static final int REFUSED = -2;

  private static final int COUNT_BITS = 20;
  private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;

  /// What a place can count.
  public static final int MOST = (int) COUNT_MASK;

  private final Ways ways = new Ways();
  private final AtomicLongArray table = new AtomicLongArray(Ways.SLOTS);

  /// @return what to give back with [#release], or [#REFUSED]
  public int take(long source, int most) {
    long hash = ways.hash(source);
    long tag = Ways.tag(hash, Long.SIZE - COUNT_BITS);
    int first = Ways.first(hash);
    while (true) {
      int place = place(first, tag);
      if (place < 0) {
        return UNCOUNTED;
      }
      long before = table.get(place);
      long count = before & COUNT_MASK;
      boolean ours = count > 0 && before >>> COUNT_BITS == tag;
      if (count > 0 && !ours) {
        continue;
      }
      if (count >= Math.min(most, MOST)) {
        return REFUSED;
      }
      if (table.compareAndSet(place, before, (tag << COUNT_BITS) | (count + 1))) {
        return place;
      }
    }
  }

  /// @param taken what [#take] gave; once
  public void release(int taken) {
    if (taken >= 0) {
      table.decrementAndGet(taken);
    }
  }

  /// The source's place, else a free one, else -1.
  private int place(int first, long tag) {
    int free = -1;
    for (int i = first; i < first + Ways.PER_SET; i++) {
      long entry = table.get(i);
      if ((entry & COUNT_MASK) == 0) {
        free = free < 0 ? i : free;
      } else if (entry >>> COUNT_BITS == tag) {
        return i;
      }
    }
    return free;
  }
}
