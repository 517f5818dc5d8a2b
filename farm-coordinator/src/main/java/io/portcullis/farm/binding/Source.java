package io.portcullis.farm.binding;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/// An address, cut to a prefix, as two halves of an IPv6 address. IPv4 is `::ffff:a.b.c.d`, so that a dual-stack listener does not split a
/// source in two.
public record Source(long high, long low) {

  private static final int IPV4_BYTES = 4;
  private static final int IPV6_BYTES = 16;
  private static final int IPV4_BITS_BEFORE = 32;
  private static final long MAPPED = 0xffff_0000_0000L;

  public static Source of(InetAddress address, int ipv4Prefix, int ipv6Prefix) {
    ByteBuffer raw = ByteBuffer.wrap(address.getAddress());
    if (raw.remaining() == IPV4_BYTES) {
      return ipv4(raw.getInt() & 0xffff_ffffL, ipv4Prefix);
    }
    long high = raw.getLong();
    long low = raw.getLong();
    if (BindingOp.isIpv4(high, low)) {
      return ipv4(low & 0xffff_ffffL, ipv4Prefix);
    }
    return new Source(
        high & mask(Math.min(ipv6Prefix, Long.SIZE)),
        low & mask(Math.max(0, ipv6Prefix - Long.SIZE)));
  }

  private static Source ipv4(long address, int prefix) {
    return new Source(0, MAPPED | (address & mask(prefix + IPV4_BITS_BEFORE)));
  }

  /// The upper `bits` of 64.
  private static long mask(int bits) {
    return bits == 0 ? 0 : -1L << (Long.SIZE - bits);
  }

  /// The address that the halves spell.
  public static String text(long high, long low) {
    try {
      byte[] raw =
          BindingOp.isIpv4(high, low)
              ? ByteBuffer.allocate(IPV4_BYTES).putInt((int) low).array()
              : ByteBuffer.allocate(IPV6_BYTES).putLong(high).putLong(low).array();
      return InetAddress.getByAddress(raw).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four and sixteen bytes are addresses", e);
    }
  }
}
