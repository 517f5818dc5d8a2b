package io.portcullis.proxy.persistence;

import java.net.Inet4Address;
import java.net.InetAddress;

/// The part of a client address that persistence goes by, as one well-mixed 64-bit number that is the same on every node.
///
/// IPv4-mapped IPv6 addresses count as IPv4, so that a dual-stack listener does not split a source in two.
public final class SourceKey {

  private SourceKey() {}

  public static long of(InetAddress address, int ipv4Prefix, int ipv6Prefix) {
    byte[] raw = address.getAddress();
    int prefix = address instanceof Inet4Address ? ipv4Prefix : ipv6Prefix;
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

  /// The finalizer of SplitMix64 (Steele, Lea, Flood 2014).
  public static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
    return b ^ (b >>> 31);
  }
}
