package io.portcullis.proxy.balance;

/// Chance from numbers: the same number gives the same draw, on every machine.
final class Draws {

  /// 2^-53: the distance between neighbouring doubles in [0.5, 1).
  private static final double ULP = 0x1.0p-53;

  private Draws() {}

  /// The finalizer of SplitMix64 (Steele, Lea, Flood 2014).
  static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
    return b ^ (b >>> 31);
  }

  /// A number between 0 and 1, neither of them.
  static double between(long mixed) {
    return ((mixed >>> 11) + 0.5) * ULP;
  }

  /// A number from 0 to `bound - 1`.
  static int below(int bound, long mixed) {
    return (int) Math.floorMod(mixed, (long) bound);
  }
}
