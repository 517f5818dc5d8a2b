package io.portcullis.proxy.message;

import java.net.InetAddress;
import java.util.List;

/// A list of networks, asked whether an address is in one of them. IPv4-mapped IPv6 addresses count as IPv4, because a dual-stack
/// listener sees IPv4 clients that way.
public final class Networks {

  public static final Networks NONE = of(List.of());

  private static final int BYTE_BITS = 8;

  private final byte[][] prefixes;
  private final int[] bits;

  private Networks(byte[][] prefixes, int[] bits) {
    this.prefixes = prefixes;
    this.bits = bits;
  }

  /// @param texts `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`
  /// @throws IllegalArgumentException for one that is no network
  public static Networks of(List<String> texts) {
    byte[][] prefixes = new byte[texts.size()][];
    int[] bits = new int[texts.size()];
    for (int i = 0; i < bits.length; i++) {
      String text = texts.get(i);
      int slash = text.indexOf('/');
      prefixes[i] = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash)).getAddress();
      int whole = prefixes[i].length * BYTE_BITS;
      bits[i] = slash < 0 ? whole : Integer.parseInt(text.substring(slash + 1));
      if (bits[i] < 0 || bits[i] > whole) {
        throw new IllegalArgumentException("\"" + text + "\" is not a network");
      }
    }
    return new Networks(prefixes, bits);
  }

  public boolean isEmpty() {
    return bits.length == 0;
  }

  public boolean contain(InetAddress address) {
    if (bits.length == 0) {
      return false;
    }
    byte[] raw = address.getAddress();
    for (int i = 0; i < bits.length; i++) {
      if (prefixes[i].length == raw.length && sameBits(prefixes[i], raw, bits[i])) {
        return true;
      }
    }
    return false;
  }

  private static boolean sameBits(byte[] prefix, byte[] raw, int count) {
    int whole = count / BYTE_BITS;
    for (int i = 0; i < whole; i++) {
      if (prefix[i] != raw[i]) {
        return false;
      }
    }
    int rest = count % BYTE_BITS;
    return rest == 0 || ((prefix[whole] ^ raw[whole]) & 0xff) >>> (BYTE_BITS - rest) == 0;
  }
}
