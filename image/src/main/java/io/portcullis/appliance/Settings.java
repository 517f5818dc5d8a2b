package io.portcullis.appliance;

import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What makes one appliance different from another; checked as a whole by [SettingsReader].
///
/// @param farm the farm to make; null on a machine that joins
/// @param token lets this machine join; null on the first
/// @param internal null if one card serves everything
/// @param publish ports that the outside may reach
record Settings(
    Role role,
    @Nullable String farm,
    @Nullable String token,
    String name,
    Side external,
    @Nullable Side internal,
    List<Route> routes,
    List<InetAddress> dns,
    List<Host> hosts,
    List<String> ntp,
    List<String> sshKeys,
    List<Integer> publish) {

  Settings {
    routes = List.copyOf(routes);
    dns = List.copyOf(dns);
    hosts = List.copyOf(hosts);
    ntp = List.copyOf(ntp);
    sshKeys = List.copyOf(sshKeys);
    publish = List.copyOf(publish);
  }

  enum Role {
    /// Makes the farm: coordinator and node on one machine.
    FIRST,
    /// Joins by token.
    NODE
  }

  /// One side of the machine.
  ///
  /// @param address null = DHCP
  /// @param gateway the default route; null on the inside and with DHCP
  /// @param card which card, by name or MAC; null = by order
  record Side(@Nullable Cidr address, @Nullable InetAddress gateway, @Nullable String card) {}

  record Route(Cidr to, InetAddress via) {}

  record Host(InetAddress address, List<String> names) {
    Host {
      names = List.copyOf(names);
    }
  }
}
