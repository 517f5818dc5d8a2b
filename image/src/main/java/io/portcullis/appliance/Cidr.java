package io.portcullis.appliance;

import java.math.BigInteger;
import java.net.InetAddress;

/// An address with the length of its network's prefix, as `192.0.2.10/24`.
record Cidr(InetAddress address, int prefix) {

  /// @throws IllegalArgumentException saying how it is written
  static Cidr parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException(
          "write the address with its prefix length, such as 192.0.2.10/24");
    }
    InetAddress address = address(text.substring(0, slash));
    int bits = address.getAddress().length * Byte.SIZE;
    String digits = text.substring(slash + 1);
    if (!digits.matches("[0-9]{1,3}") || Integer.parseInt(digits) > bits) {
      throw new IllegalArgumentException("the prefix length is 0 to " + bits);
    }
    return new Cidr(address, Integer.parseInt(digits));
  }

  /// @throws IllegalArgumentException if it is no literal address
  static InetAddress address(String text) {
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("\"" + text + "\" is no IP address", e);
    }
  }

  boolean contains(InetAddress other) {
    return other.getAddress().length == address.getAddress().length
        && network(other).equals(network(address));
  }

  boolean overlaps(Cidr other) {
    return prefix <= other.prefix ? contains(other.address) : other.contains(address);
  }

  /// Whether nothing is said behind the prefix, as in a route's destination.
  boolean isNetwork() {
    return network(address).shiftLeft(hostBits()).equals(number(address));
  }

  private BigInteger network(InetAddress of) {
    return number(of).shiftRight(hostBits());
  }

  private int hostBits() {
    return address.getAddress().length * Byte.SIZE - prefix;
  }

  private static BigInteger number(InetAddress of) {
    return new BigInteger(1, of.getAddress());
  }

  @Override
  public String toString() {
    return address.getHostAddress() + "/" + prefix;
  }
}
