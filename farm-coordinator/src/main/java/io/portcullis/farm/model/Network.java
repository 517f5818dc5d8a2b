package io.portcullis.farm.model;

import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/// Addresses that begin with the same bits: `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`.
///
/// @param prefix how many bits count
public record Network(InetAddress address, int prefix) {

  private static final Pattern PREFIX = Pattern.compile("0|[1-9][0-9]{0,2}");

  /// Empty if the text is no network.
  public static Optional<Network> parse(String text) {
    int slash = text.indexOf('/');
    InetAddress address = Names.literal(slash < 0 ? text : text.substring(0, slash));
    if (address == null) {
      return Optional.empty();
    }
    int bits = address.getAddress().length * 8;
    if (slash < 0) {
      return Optional.of(new Network(address, bits));
    }
    String prefix = text.substring(slash + 1);
    return PREFIX.matcher(prefix).matches() && Integer.parseInt(prefix) <= bits
        ? Optional.of(new Network(address, Integer.parseInt(prefix)))
        : Optional.empty();
  }

  /// An address of the other family is in none; an IPv4 address written as IPv6 is an IPv4 address.
  public boolean contains(InetAddress other) {
    byte[] mine = address.getAddress();
    byte[] theirs = other.getAddress();
    if (mine.length != theirs.length) {
      return false;
    }
    for (int bit = 0; bit < prefix; bit++) {
      int mask = 0x80 >> (bit & 7);
      if ((mine[bit >> 3] & mask) != (theirs[bit >> 3] & mask)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return address.getHostAddress() + "/" + prefix;
  }
}
