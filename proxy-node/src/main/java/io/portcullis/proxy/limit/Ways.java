package io.portcullis.proxy.limit;

import java.util.concurrent.ThreadLocalRandom;

/// Where a source may stand in a table of [#SLOTS] places: one of [#PER_SET] neighbours, chosen by a hash that only this
/// process knows, so that nobody can aim at the place of somebody else.
final class Ways {

  /// 65,536 sources at a time are as many as a node has busy clients; a table is half a megabyte.
  static final int SLOTS = 1 << 16;

  static final int PER_SET = 8;

  private final long seed = ThreadLocalRandom.current().nextLong();

  long hash(long source) {
    long z = source ^ seed;
    long a = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
    return b ^ (b >>> 31);
  }

  /// The first place of the set.
  static int first(long hash) {
    return (int) (hash & (SLOTS - 1)) & -PER_SET;
  }

  /// What tells sources of one set apart, above the bits that chose it.
  static long tag(long hash, int bits) {
    return hash >>> (Long.SIZE - bits);
  }
}
