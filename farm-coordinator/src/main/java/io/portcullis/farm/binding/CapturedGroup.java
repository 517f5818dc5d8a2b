package io.portcullis.farm.binding;

/// The bindings of one group as a snapshot has them: flat, because an object for each of a million is a pause of the whole process.
final class CapturedGroup {
  private static final int STRIDE = 4;
  private static final int LOW = 1;
  private static final int MEMBER = 2;
  private static final int USED = 3;

  private static final int DIGIT_BITS = 16;
  private static final int DIGIT_MASK = (1 << DIGIT_BITS) - 1;

  final long id;

  /// High, low, member, used.
  private final long[] rows;

  private CapturedGroup(long id, long[] rows) {
    this.id = id;
    this.rows = rows;
  }

  /// On the writer's thread: a copy in the table's order.
  static CapturedGroup of(long id, GroupTable table) {
    long[] rows = new long[table.size() * STRIDE];
    int[] end = {0};
    table.forEach((high, low, member, used) -> {
      int at = end[0];
      rows[at] = high;
      rows[at + LOW] = low;
      rows[at + MEMBER] = member;
      rows[at + USED] = used;
      end[0] = at + STRIDE;
    });
    return new CapturedGroup(id, rows);
  }

  /// The same by address. Not in the order of the table, which is that of the hashes: a table that grows while it is filled in that order is one long probe.
  CapturedGroup ordered() {
    long[] from = rows;
    for (int word : new int[] {LOW, 0}) {
      for (int shift = 0; shift < Long.SIZE; shift += DIGIT_BITS) {
        from = byDigit(from, word, shift);
      }
    }
    return new CapturedGroup(id, from);
  }

  /// A pass of a radix sort, the least digit first; most digits of most addresses are the same in all rows and cost a look.
  private static long[] byDigit(long[] from, int word, int shift) {
    int[] starts = new int[DIGIT_MASK + 2];
    for (int at = 0; at < from.length; at += STRIDE) {
      starts[digit(from[at + word], shift) + 1] += STRIDE;
    }
    if (from.length == 0 || starts[digit(from[word], shift) + 1] == from.length) {
      return from;
    }
    for (int i = 1; i < starts.length; i++) {
      starts[i] += starts[i - 1];
    }
    long[] to = new long[from.length];
    for (int at = 0; at < from.length; at += STRIDE) {
      int digit = digit(from[at + word], shift);
      System.arraycopy(from, at, to, starts[digit], STRIDE);
      starts[digit] += STRIDE;
    }
    return to;
  }

  private static int digit(long word, int shift) {
    return (int) (word >>> shift) & DIGIT_MASK;
  }

  int size() {
    return rows.length / STRIDE;
  }

  boolean isIpv4(int row) {
    return BindingOp.isIpv4(high(row), low(row));
  }

  long high(int row) {
    return rows[row * STRIDE];
  }

  long low(int row) {
    return rows[row * STRIDE + LOW];
  }

  long member(int row) {
    return rows[row * STRIDE + MEMBER];
  }

  long used(int row) {
    return rows[row * STRIDE + USED];
  }
}
