package io.portcullis.proxy.message;

import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The header with which a load balancer says for whom it connects: the PROXY protocol, versions 1 (a line) and 2 (binary), as HAProxy's
/// specification has it (proxy-protocol.txt, 2020/03/05, §2).
public sealed interface ProxyHeader {

  /// The longest line of version 1 (§2.1), and what of version 2 is taken: addresses and some hundred bytes of extensions that nobody
  /// here reads.
  int MOST_BYTES = 1024;

  /// More bytes are needed.
  record Incomplete() implements ProxyHeader {}

  /// No header, or none that can be trusted to be one.
  record Refused(String why) implements ProxyHeader {}

  /// @param length of the header
  /// @param client null if the balancer speaks for itself (a health check) or of no address
  record Complete(int length, @Nullable InetSocketAddress client) implements ProxyHeader {}

  /// Reads what lies at the reader index, and moves nothing.
  static ProxyHeader read(ByteBuf in) {
    int start = in.readerIndex();
    int available = in.readableBytes();
    byte[] first = Binary.SIGNATURE;
    for (int i = 0; i < Math.min(available, first.length); i++) {
      if (in.getByte(start + i) != first[i]) {
        return Line.read(in, start, available);
      }
    }
    return available < Binary.FIXED ? new Incomplete() : Binary.read(in, start, available);
  }

  /// Version 1.
  final class Line {

    private static final byte[] PREFIX = Chars.ascii("PROXY ");
    private static final int LONGEST = 107;
    private static final int MOST_PORT = 0xffff;

    private Line() {}

    static ProxyHeader read(ByteBuf in, int start, int available) {
      for (int i = 0; i < Math.min(available, PREFIX.length); i++) {
        if (in.getByte(start + i) != PREFIX[i]) {
          return new Refused("there is no PROXY header");
        }
      }
      int longest = Math.min(available, LONGEST);
      for (int i = PREFIX.length; i < longest; i++) {
        byte b = in.getByte(start + i);
        if (b == Chars.LF) {
          String line = in.toString(start, i - 1, StandardCharsets.US_ASCII);
          return in.getByte(start + i - 1) == Chars.CR
              ? fields(line, i + 1)
              : new Refused("the PROXY line does not end with CRLF");
        }
        if (b < Chars.SP && b != Chars.CR) {
          return new Refused("the PROXY line holds a control character");
        }
      }
      return available < LONGEST ? new Incomplete() : new Refused("the PROXY line is too long");
    }

    private static ProxyHeader fields(String line, int length) {
      String[] words = line.split(" ", -1);
      if (words[1].equals("UNKNOWN")) {
        return new Complete(length, null);
      }
      boolean four = words[1].equals("TCP4");
      if ((!four && !words[1].equals("TCP6")) || words.length != 6) {
        return new Refused("the PROXY line is malformed");
      }
      InetSocketAddress client = address(words[2], words[4], four);
      InetSocketAddress to = address(words[3], words[5], four);
      return client == null || to == null
          ? new Refused("the PROXY line has no addresses")
          : new Complete(length, client);
    }

    private static @Nullable InetSocketAddress address(String host, String port, boolean four) {
      boolean number = !port.isEmpty() && port.length() <= 5;
      for (int i = 0; i < port.length(); i++) {
        number &= port.charAt(i) >= '0' && port.charAt(i) <= '9';
      }
      if (!number || (host.indexOf(':') < 0) != four || Integer.parseInt(port) > MOST_PORT) {
        return null;
      }
      try {
        InetAddress address = InetAddress.ofLiteral(host);
        return new InetSocketAddress(address, Integer.parseInt(port));
      } catch (IllegalArgumentException _) {
        return null;
      }
    }
  }

  /// Version 2.
  final class Binary {

    static final byte[] SIGNATURE = {
      0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a
    };
    static final int FIXED = 16;

    private static final int VERSION = 2;
    private static final int LOCAL = 0;
    private static final int PROXY = 1;
    private static final int TCP4 = 0x11;
    private static final int TCP6 = 0x21;
    private static final int IPV4 = 4;
    private static final int IPV6 = 16;

    private Binary() {}

    static ProxyHeader read(ByteBuf in, int start, int available) {
      int command = in.getUnsignedByte(start + SIGNATURE.length);
      int family = in.getUnsignedByte(start + SIGNATURE.length + 1);
      int length = FIXED + in.getUnsignedShort(start + SIGNATURE.length + 2);
      if (command >>> 4 != VERSION || (command & 0xf) > PROXY) {
        return new Refused("the PROXY header has an unknown version or command");
      }
      if (length > MOST_BYTES) {
        return new Refused("the PROXY header is too long");
      }
      if (available < length) {
        return new Incomplete();
      }
      if ((command & 0xf) == LOCAL || (family != TCP4 && family != TCP6)) {
        return new Complete(length, null);
      }
      int bytes = family == TCP4 ? IPV4 : IPV6;
      if (length < FIXED + 2 * bytes + 4) {
        return new Refused("the PROXY header is too short for its addresses");
      }
      return new Complete(
          length,
          new InetSocketAddress(
              address(in, start + FIXED, bytes), in.getUnsignedShort(start + FIXED + 2 * bytes)));
    }

    private static InetAddress address(ByteBuf in, int at, int bytes) {
      byte[] raw = new byte[bytes];
      in.getBytes(at, raw);
      try {
        return InetAddress.getByAddress(raw);
      } catch (UnknownHostException e) {
        throw new IllegalStateException(Arrays.toString(raw) + " has no length of an address", e);
      }
    }
  }
}
