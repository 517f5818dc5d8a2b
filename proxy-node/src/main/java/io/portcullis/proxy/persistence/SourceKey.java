package io.portcullis.proxy.persistence;

import java.net.InetAddress;
import java.util.Arrays;

/// The part of a client address that persistence goes by, as one well-mixed 64-bit number that is the same on every node.
///
/// IPv4-mapped IPv6 addresses count as IPv4, so that a dual-stack listener does not split a source in two.
public final class SourceKey {

  private static final int IPV4_BYTES = 4;

  private SourceKey() {}

  public static long of(InetAddress address, int ipv4Prefix, int ipv6Prefix) {
    byte[] raw = unmapped(address.getAddress());
    int prefix = raw.length == IPV4_BYTES ? ipv4Prefix : ipv6Prefix;
    // FNV-1a over the masked bytes, the family first so that 0.0.0.1 and ::1 differ; then a
    // finalizer for avalanche.
    long hash = 0xcbf29ce484222325L;
    hash = (hash ^ raw.length) * 0x100000001b3L;
    for (int i = 0; i < raw.length; i++) {
      int bits = Math.clamp(prefix - i * 8L, 0, 8);
      int masked = raw[i] & (0xff00 >> bits) & 0xff;
      hash = (hash ^ masked) * 0x100000001b3L;
    }
    return mix(hash);
  }

  /// `::ffff:a.b.c.d` as `a.b.c.d` (RFC 4291 §2.5.5.2).
  public static byte[] unmapped(byte[] raw) {
    if (raw.length == IPV4_BYTES || raw[10] != -1 || raw[11] != -1) {
      return raw;
    }
    for (int i = 0; i < 10; i++) {
      if (raw[i] != 0) {
        return raw;
      }
    }
    return Arrays.copyOfRange(raw, 12, 16);
  }

  /// The finalizer of SplitMix64 (Steele, Lea, Flood 2014).
  public static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
    return b ^ (b >>> 31);
  }
}
