package io.portcullis.proxy.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.net.Inet6Address;
import java.net.InetAddress;

/// What a rule lets its members know of the client: `X-Forwarded-For`, `-Proto`, `-Host` and `Forwarded` (RFC 7239).
///
/// What the client itself says in such headers goes, whatever the rule says: anybody could write there who he would like to be.
/// Only sources that a rule names are believed.
///
/// @param told our own lines are added
/// @param believed sources whose lines stay, in front of ours
public record Forwarding(boolean told, Networks believed) {

  /// The usual way: nothing is said.
  public static final Forwarding OFF = new Forwarding(false, Networks.NONE);

  /// Our lines and no others.
  public static final Forwarding REPLACED = new Forwarding(true, Networks.NONE);

  /// What the lines need at most, beside twice the host.
  static final int MOST_BYTES = 320;

  private static final byte[] PROTO = Chars.ascii("x-forwarded-proto");
  private static final byte[] HOST = Chars.ascii("x-forwarded-host");

  boolean believes(InetAddress peer) {
    return told && believed.contain(peer);
  }

  /// Adds the lines. Those that are lists grow by one more line (RFC 9110 §5.3); protocol and host were known best to the first proxy,
  /// so ours are left out when a believed one said them.
  void write(ParsedRequest head, ByteBuf out, InetAddress client, boolean tls) {
    boolean kept = believes(client);
    String address = client.getHostAddress();
    String node = client instanceof Inet6Address ? "\"[" + address + "]\"" : address;
    String scheme = tls ? "https" : "http";
    line(out, "X-Forwarded-For: ", address);
    if (!kept || !head.has(PROTO)) {
      line(out, "X-Forwarded-Proto: ", scheme);
    }
    boolean named = head.hostFieldEnd() > head.hostFieldStart();
    if (named && (!kept || !head.has(HOST))) {
      ByteBufUtil.writeAscii(out, "X-Forwarded-Host: ");
      host(head, out);
      end(out);
    }
    ByteBufUtil.writeAscii(out, "Forwarded: for=" + node + ";proto=" + scheme);
    if (named) {
      ByteBufUtil.writeAscii(out, ";host=\"");
      host(head, out);
      out.writeByte('"');
    }
    end(out);
  }

  private static void host(ParsedRequest head, ByteBuf out) {
    int start = head.hostFieldStart();
    out.writeBytes(head.bytes(), start, head.hostFieldEnd() - start);
  }

  private static void line(ByteBuf out, String name, String value) {
    ByteBufUtil.writeAscii(out, name);
    ByteBufUtil.writeAscii(out, value);
    end(out);
  }

  private static void end(ByteBuf out) {
    out.writeByte(Chars.CR).writeByte(Chars.LF);
  }
}
