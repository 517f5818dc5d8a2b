package io.portcullis.proxy.persistence;

import io.portcullis.proxy.member.MemberPool;
import java.net.InetAddress;

/// A client's address cut to what a pool's persistence goes by, as two halves of an IPv6 address. IPv4 is `::ffff:a.b.c.d`, so that a
/// dual-stack listener does not split a source in two.
public record ClientSource(long high, long low) {

  private static final int IPV4_BYTES = 4;
  private static final long MAPPED = 0xffff_0000_0000L;

  public static ClientSource of(InetAddress address, MemberPool.Persistence by) {
    byte[] raw = address.getAddress();
    if (raw.length == IPV4_BYTES) {
      return new ClientSource(0, MAPPED | (word(raw, 0, 4) & mask(by.ipv4Prefix() + 32)));
    }
    long high = word(raw, 0, 8);
    long low = word(raw, 8, 8);
    if (high == 0 && low >>> 32 == 0xffff) {
      return new ClientSource(0, low & mask(by.ipv4Prefix() + 32));
    }
    int prefix = by.ipv6Prefix();
    return new ClientSource(
        high & mask(Math.min(prefix, 64)), low & mask(Math.max(0, prefix - 64)));
  }

  private static long word(byte[] bytes, int from, int count) {
    long word = 0;
    for (int i = from; i < from + count; i++) {
      word = word << 8 | (bytes[i] & 0xff);
    }
    return word;
  }

  /// The upper `bits` of 64.
  private static long mask(int bits) {
    return bits == 0 ? 0 : -1L << (64 - bits);
  }
}
