package io.portcullis.farm.model;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// Where a listener accepts, read from `0.0.0.0:443` or `[::]:443`.
///
/// @param port 0 asks the system for one
public record BindAddress(InetAddress address, int port) {
  private static final int LAST_PORT = 65535;

  /// Null if `bind` is not an address literal and a port.
  public static @Nullable BindAddress parse(String bind) {
    int colon = bind.lastIndexOf(':');
    if (colon <= 0 || !bind.substring(colon + 1).matches("[0-9]{1,5}")) {
      return null;
    }
    String host = bind.substring(0, colon);
    boolean brackets = host.startsWith("[") && host.endsWith("]");
    InetAddress address = Names.literal(brackets ? host.substring(1, host.length() - 1) : host);
    int port = Integer.parseInt(bind.substring(colon + 1));
    if (address == null || brackets != (host.indexOf(':') >= 0) || port > LAST_PORT) {
      return null;
    }
    return new BindAddress(address, port);
  }

  boolean overlaps(BindAddress other) {
    return port != 0
        && port == other.port
        && (address.equals(other.address)
            || address.isAnyLocalAddress()
            || other.address.isAnyLocalAddress());
  }
}
