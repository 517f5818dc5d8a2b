package io.portcullis.proxy.member;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/// Which addresses are this machine: a member behind one of its own listeners would be a loop (a public name that
/// resolves to the proxy itself is the classic way into one).
///
/// @param addresses of all interfaces; loopback is always ours
public record OwnAddresses(Set<InetAddress> addresses) {

  public OwnAddresses {
    addresses = Set.copyOf(addresses);
  }

  public static OwnAddresses ofThisMachine() throws SocketException {
    Set<InetAddress> found = new HashSet<>();
    NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .forEach(found::add);
    return new OwnAddresses(found);
  }

  /// Whether a connection to `address:port` would arrive at a listener bound to one of `binds`.
  public boolean isListener(InetAddress address, int port, Collection<Bind> binds) {
    for (Bind bind : binds) {
      boolean samePort = bind.port() == port && port != 0;
      if (samePort && (bind.address().equals(address) || (bind.isWildcard() && isOwn(address)))) {
        return true;
      }
    }
    return false;
  }

  private boolean isOwn(InetAddress address) {
    return address.isLoopbackAddress()
        || address.isAnyLocalAddress()
        || addresses.contains(address);
  }
}
