package io.portcullis.proxy.limit;

import io.portcullis.proxy.persistence.SourceKey;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Networks, as `192.0.2.0/24` and `2001:db8::/32`, or single addresses. IPv4-mapped IPv6 addresses count as IPv4.
public final class Cidrs {

  public static final Cidrs NONE = new Cidrs(List.of());

  private static final class Network {
    private final byte[] address;
    private final int bits;

    Network(byte[] address, int bits) {
      this.address = address;
      this.bits = bits;
    }

    boolean contains(byte[] other) {
      if (other.length != address.length) {
        return false;
      }
      int whole = bits >> 3;
      if (Arrays.mismatch(address, 0, whole, other, 0, whole) >= 0) {
        return false;
      }
      int rest = bits & 7;
      return rest == 0 || ((address[whole] ^ other[whole]) & (0xff00 >> rest) & 0xff) == 0;
    }
  }

  private final Network[] networks;

  private Cidrs(List<Network> networks) {
    this.networks = networks.toArray(Network[]::new);
  }

  /// @param texts checked already (`farm.model`)
  public static Cidrs of(List<String> texts) {
    List<Network> networks = new ArrayList<>();
    for (String text : texts) {
      int slash = text.indexOf('/');
      byte[] address =
          SourceKey.unmapped(
              InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash)).getAddress());
      int bits = slash < 0 ? address.length * 8 : Integer.parseInt(text.substring(slash + 1));
      networks.add(new Network(address, bits));
    }
    return networks.isEmpty() ? NONE : new Cidrs(networks);
  }

  public boolean isEmpty() {
    return networks.length == 0;
  }

  public boolean contains(InetAddress address) {
    if (networks.length == 0) {
      return false;
    }
    byte[] bytes = SourceKey.unmapped(address.getAddress());
    for (Network network : networks) {
      if (network.contains(bytes)) {
        return true;
      }
    }
    return false;
  }
}
