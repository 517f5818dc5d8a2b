package io.portcullis.proxy.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/// What a connection to a member begins with: nothing, or a header of the PROXY protocol (HAProxy's proxy-protocol.txt, 2020/03/05, §2).
public enum ProxyVersion {
  OFF,
  V1,
  V2;

  private static final int VERSION_2 = 0x20;
  private static final int LOCAL = 0;
  private static final int PROXY = 1;
  private static final int TCP_OVER_IPV4 = 0x11;
  private static final int TCP_OVER_IPV6 = 0x21;
  private static final int IPV4_BYTES = 4;
  private static final int IPV6_BYTES = 16;
  private static final int PORTS_BYTES = 4;

  /// Room that is always enough.
  private static final int MOST_BYTES = 128;

  /// Both ends of the client's connection.
  ///
  /// @param listener where the client connected to
  public ByteBuf header(
      ByteBufAllocator allocator, InetSocketAddress client, InetSocketAddress listener) {
    ByteBuf out = allocator.buffer(MOST_BYTES);
    switch (this) {
      case OFF -> {}
      case V1 -> line(out, client, listener);
      case V2 -> binary(out.writeBytes(ProxyHeader.Binary.SIGNATURE), client, listener);
    }
    return out;
  }

  /// For a connection of our own: nobody is behind it.
  public ByteBuf ofNobody(ByteBufAllocator allocator) {
    ByteBuf out = allocator.buffer(MOST_BYTES);
    switch (this) {
      case OFF -> {}
      case V1 -> ByteBufUtil.writeAscii(out, "PROXY UNKNOWN\r\n");
      case V2 ->
          out.writeBytes(ProxyHeader.Binary.SIGNATURE)
              .writeByte(VERSION_2 | LOCAL)
              .writeByte(0)
              .writeShort(0);
    }
    return out;
  }

  private static boolean areIpv4(InetSocketAddress client, InetSocketAddress listener) {
    return unmapped(client.getAddress()) instanceof Inet4Address
        && unmapped(listener.getAddress()) instanceof Inet4Address;
  }

  private static void line(ByteBuf out, InetSocketAddress client, InetSocketAddress listener) {
    boolean four = areIpv4(client, listener);
    ByteBufUtil.writeAscii(
        out,
        "PROXY %s %s %s %d %d\r\n"
            .formatted(
                four ? "TCP4" : "TCP6",
                text(client.getAddress(), four),
                text(listener.getAddress(), four),
                client.getPort(),
                listener.getPort()));
  }

  /// One family for both ends: an IPv4 end beside an IPv6 one is written as IPv6 has it (RFC 4291 §2.5.5.2).
  private static String text(InetAddress address, boolean four) {
    InetAddress plain = unmapped(address);
    if (!four && plain instanceof Inet4Address) {
      return "::ffff:" + plain.getHostAddress();
    }
    String text = plain.getHostAddress();
    int zone = text.indexOf('%');
    return zone < 0 ? text : text.substring(0, zone);
  }

  private static void binary(ByteBuf out, InetSocketAddress client, InetSocketAddress listener) {
    boolean four = areIpv4(client, listener);
    out.writeByte(VERSION_2 | PROXY)
        .writeByte(four ? TCP_OVER_IPV4 : TCP_OVER_IPV6)
        .writeShort(2 * (four ? IPV4_BYTES : IPV6_BYTES) + PORTS_BYTES)
        .writeBytes(raw(client.getAddress(), four))
        .writeBytes(raw(listener.getAddress(), four))
        .writeShort(client.getPort())
        .writeShort(listener.getPort());
  }

  private static byte[] raw(InetAddress address, boolean four) {
    byte[] plain = unmapped(address).getAddress();
    if (four || plain.length == IPV6_BYTES) {
      return plain;
    }
    byte[] mapped = new byte[IPV6_BYTES];
    Arrays.fill(mapped, 10, 12, (byte) -1);
    System.arraycopy(plain, 0, mapped, 12, IPV4_BYTES);
    return mapped;
  }

  /// A dual-stack listener shows IPv4 clients as IPv6; Java mostly undoes that itself.
  private static InetAddress unmapped(InetAddress address) {
    try {
      byte[] raw = address.getAddress();
      return InetAddress.getByAddress(raw);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four or sixteen bytes are an address", e);
    }
  }
}
