package io.portcullis.farm.binding;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Names as 64-bit numbers that are the same on every node and in every version: what groups and members are called in the log.
///
/// Two of a thousand names agree by chance once in 10^13 farms, so nothing resolves such a clash.
public final class Identity {

  private Identity() {}

  /// FNV-1a and a finalizer; never 0, which stands for "none", nor -1, which marks a slot whose binding is gone.
  public static long of(String name) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    long mixed = mix(hash);
    return mixed == 0 || mixed == -1 ? 1 : mixed;
  }

  /// The persistence group of a pool.
  ///
  /// @param group null if the pool is alone
  public static long ofGroup(String pool, @Nullable String group) {
    // A group's name cannot be a pool's by accident.
    return of(group == null ? pool : "group " + group);
  }

  /// The finalizer of SplitMix64 (Steele, Lea, Flood 2014).
  static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
    return b ^ (b >>> 31);
  }

  /// Where a source lies, before it is cut to a table's size.
  static long mix(long high, long low) {
    return mix(mix(high ^ 0x9e3779b97f4a7c15L) + low);
  }
}
