package io.portcullis.proxy.member;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// An address and port that a listener asks for: `0.0.0.0:443`, `[::]:443`.
public record Bind(InetAddress address, int port) {

  /// @return null unless the text is an IP literal and a port
  public static @Nullable Bind parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon <= 0) {
      return null;
    }
    String host = text.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      InetAddress address =
          InetAddress.ofLiteral(bracketed ? host.substring(1, host.length() - 1) : host);
      return port < 0 || port > 0xffff ? null : new Bind(address, port);
    } catch (IllegalArgumentException _) {
      return null;
    }
  }

  public Bind withPort(int other) {
    return new Bind(address, other);
  }

  public boolean isWildcard() {
    return address.isAnyLocalAddress();
  }
}
