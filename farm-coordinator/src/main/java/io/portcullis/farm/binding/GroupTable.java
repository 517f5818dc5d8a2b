package io.portcullis.farm.binding;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// The bindings of one group: an open-addressed table of longs with one writer and any number of readers, who neither lock nor wait.
///
/// A slot is four longs: source high, source low, member, and generation with last use. How a reader stays right:
///
/// - A slot's member is 0 while nothing was ever there, which ends a probe; -1 when its binding is gone, which a probe passes.
/// - The writer fills a slot's source first and its member last (release); a reader reads the member first (acquire).
/// - A gone slot is given to another source only under a new generation. A reader who saw the generation change while it read the
///   source looks at the slot again; each such look means the writer has moved on, so nobody waits for anybody.
/// - Growing fills another array and publishes it with one volatile write.
///
/// | field | owner | others |
/// |---|---|---|
/// | `slots` and what is in it | the writer | any thread, as above |
/// | `live`, `used` | the writer | `size()` from any thread (volatile) |
public final class GroupTable {

  /// Told of every binding; for the writer's thread only.
  public interface Visitor {
    /// @param used log time of the last use
    void binding(long high, long low, long member, long used);
  }

  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);

  private static final int STRIDE = 4;
  private static final int LOW = 1;
  private static final int MEMBER = 2;
  private static final int USED = 3;

  private static final long NEVER = 0;
  private static final long GONE = -1;

  private static final long NOT_BOUND = -1;

  /// The upper bits of the last word count how often the slot changed hands; the lower hold milliseconds, good for 8,900 years.
  private static final int GENERATION_SHIFT = 48;

  private static final long USED_MASK = (1L << GENERATION_SHIFT) - 1;

  private static final int SMALLEST = 64;

  /// Fuller than this, probes grow long; it is reached from [#ROOMY_PERCENT].
  private static final int FULL_PERCENT = 70;

  private static final int ROOMY_PERCENT = 47;

  private volatile long[] slots = new long[SMALLEST * STRIDE];
  private volatile int live;
  private int used;

  GroupTable() {}

  /// What a probe answers.
  private enum Answer {
    MEMBER,
    USED,
    PLACE
  }

  /// @return the member that the source is bound to, or 0
  public long member(long high, long low) {
    long member = find(slots, high, low, Answer.MEMBER);
    return member == NOT_BOUND ? 0 : member;
  }

  /// @return log time of the last use, or -1 if the source is not bound
  public long used(long high, long low) {
    return find(slots, high, low, Answer.USED);
  }

  public int size() {
    return live;
  }

  /// Bytes that the table takes on the heap.
  public long bytes() {
    return slots.length * 8L;
  }

  private static long find(long[] table, long high, long low, Answer answer) {
    int at = home(table, high, low);
    while (true) {
      long before = (long) SLOT.getAcquire(table, at + USED);
      long member = (long) SLOT.getAcquire(table, at + MEMBER);
      if (member == NEVER) {
        return NOT_BOUND;
      }
      if (member != GONE) {
        boolean same =
            (long) SLOT.getOpaque(table, at + LOW) == low
                && (long) SLOT.getOpaque(table, at) == high;
        VarHandle.acquireFence();
        long after = (long) SLOT.getOpaque(table, at + USED);
        if (before >>> GENERATION_SHIFT != after >>> GENERATION_SHIFT) {
          continue;
        }
        if (same) {
          return switch (answer) {
            case MEMBER -> member;
            case USED -> after & USED_MASK;
            case PLACE -> at;
          };
        }
      }
      at = next(table, at);
    }
  }

  /// The slot of a bound source, or -1. For the writer: nobody else knows that it will not change hands.
  private static int place(long[] table, long high, long low) {
    return (int) find(table, high, low, Answer.PLACE);
  }

  private static int home(long[] table, long high, long low) {
    long slot = Math.unsignedMultiplyHigh(Identity.mix(high, low), table.length / STRIDE);
    return (int) slot * STRIDE;
  }

  /// Brings the place of a source into the cache, for a writer that will need it soon. Reads that do not wait for each other
  /// go to memory at the same time; one look-up after the other waits for each.
  ///
  /// @return something to do with what was read, so that it is read
  long glance(long high, long low) {
    long[] table = slots;
    return table[home(table, high, low) + MEMBER];
  }

  private static int next(long[] table, int at) {
    int next = at + STRIDE;
    return next == table.length ? 0 : next;
  }

  private static int previous(long[] table, int at) {
    return at == 0 ? table.length - STRIDE : at - STRIDE;
  }

  /// Binds, or changes the binding of, a source.
  ///
  /// @param when log time, counted as a use
  void put(long high, long low, long member, long when) {
    long[] table = slots;
    int at = place(table, high, low);
    if (at >= 0) {
      SLOT.setRelease(table, at + USED, keptGeneration(table, at) | when);
      SLOT.setRelease(table, at + MEMBER, member);
      return;
    }
    if ((used + 1) * 100L > (long) table.length / STRIDE * FULL_PERCENT) {
      table = rebuilt(table);
    }
    if (insert(table, high, low, member, when)) {
      used++;
    }
    int before = live;
    live = before + 1;
    slots = table;
  }

  /// @return whether the slot was never used
  private static boolean insert(long[] table, long high, long low, long member, long when) {
    int at = home(table, high, low);
    while (true) {
      long there = (long) SLOT.get(table, at + MEMBER);
      if (there == NEVER || there == GONE) {
        long generation = ((long) SLOT.get(table, at + USED) >>> GENERATION_SHIFT) + 1;
        SLOT.setOpaque(table, at + USED, generation << GENERATION_SHIFT | when);
        VarHandle.storeStoreFence();
        SLOT.setOpaque(table, at, high);
        SLOT.setOpaque(table, at + LOW, low);
        SLOT.setRelease(table, at + MEMBER, member);
        return there == NEVER;
      }
      at = next(table, at);
    }
  }

  private static long keptGeneration(long[] table, int at) {
    return (long) SLOT.get(table, at + USED) & ~USED_MASK;
  }

  /// Room for what lives, and half as much again; gone slots are left behind.
  private long[] rebuilt(long[] table) {
    long capacity = Math.max(SMALLEST, (live + 1) * 100L / ROOMY_PERCENT);
    long[] next = new long[Math.toIntExact(capacity * STRIDE)];
    for (int at = 0; at < table.length; at += STRIDE) {
      long member = table[at + MEMBER];
      if (member != NEVER && member != GONE) {
        insert(next, table[at], table[at + LOW], member, table[at + USED] & USED_MASK);
      }
    }
    used = live;
    return next;
  }

  /// A use of a bound source.
  void touch(long high, long low, long when) {
    long[] table = slots;
    int at = place(table, high, low);
    if (at >= 0) {
      SLOT.setRelease(table, at + USED, keptGeneration(table, at) | when);
    }
  }

  /// Forgets a source. Slots at the end of a run of occupied ones become free again at once.
  void remove(long high, long low) {
    long[] table = slots;
    int at = place(table, high, low);
    if (at < 0) {
      return;
    }
    SLOT.setRelease(table, at + MEMBER, GONE);
    int before = live;
    live = before - 1;
    int behind = at;
    while (table[next(table, behind) + MEMBER] == NEVER && table[behind + MEMBER] == GONE) {
      SLOT.setRelease(table, behind + MEMBER, NEVER);
      used--;
      behind = previous(table, behind);
    }
  }

  /// Every binding, in no useful order. Writer's thread only.
  public void forEach(Visitor visitor) {
    forEach(0, Integer.MAX_VALUE, visitor);
  }

  /// A stretch of the table, for a writer who must not be away for long.
  ///
  /// @param from slot number
  /// @return where to go on, or -1 at the end
  public int forEach(int from, int count, Visitor visitor) {
    long[] table = slots;
    int slotCount = table.length / STRIDE;
    int end = (int) Math.min(slotCount, (long) from + count);
    for (int slot = from; slot < end; slot++) {
      int at = slot * STRIDE;
      long member = table[at + MEMBER];
      if (member != NEVER && member != GONE) {
        visitor.binding(table[at], table[at + LOW], member, table[at + USED] & USED_MASK);
      }
    }
    return end >= slotCount ? -1 : end;
  }
}
