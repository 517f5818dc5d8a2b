package io.portcullis.appliance;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// What may come in, by side: the published ports outside, administration and the farm inside, VRRP between nodes
/// that share virtual addresses ([Keepalived] fills the sets), nothing else. Nothing is forwarded.
final class Firewall {

  private static final int ADMIN = 9443;
  private static final int ZOOKEEPER = 2281;

  /// Between coordinators: `farmctl coordinator run --quorum`, and the port after it for elections.
  private static final int QUORUM = 2282;

  private static final int SSH = 22;

  /// Of IP. By its number, for the appliance has no `/etc/protocols` that would know a name.
  private static final int VRRP = 112;

  private Firewall() {}

  static String closed() {
    return table("", List.of());
  }

  static String of(Settings settings, Placement placement) {
    String ports =
        settings.publish().stream().map(String::valueOf).collect(Collectors.joining(", "));
    String outside = placement.external().name();
    String inner = placement.inner().name();
    List<String> accepted = new ArrayList<>();
    accepted.add("iifname \"%s\" tcp dport { %s } accept".formatted(outside, ports));
    if (settings.role() == Settings.Role.FIRST) {
      accepted.add(
          "iifname \"%s\" tcp dport { %d, %d, %d, %d } accept"
              .formatted(inner, ZOOKEEPER, QUORUM, QUORUM + 1, ADMIN));
    }
    if (!settings.sshKeys().isEmpty()) {
      accepted.add("iifname \"%s\" tcp dport %d accept".formatted(inner, SSH));
    }
    return table(untracked(outside, ports), accepted);
  }

  /// Clients are not tracked: a flood of connections cannot fill the table that everything else depends on.
  private static String untracked(String outside, String ports) {
    return """
      chain clients_in {
        type filter hook prerouting priority raw; policy accept;
        iifname "%1$s" tcp dport { %2$s } notrack
      }
      chain clients_out {
        type filter hook output priority raw; policy accept;
        oifname "%1$s" tcp sport { %2$s } notrack
      }
    """
        .formatted(outside, ports);
  }

  private static String table(String before, List<String> accepted) {
    return """
    table inet portcullis {
      set vrrp4 {
        type ipv4_addr
      }
      set vrrp6 {
        type ipv6_addr
      }
    %s  chain input {
        type filter hook input priority filter; policy drop;
        iifname "lo" accept
        meta l4proto %3$d ip saddr @vrrp4 accept
        meta l4proto %3$d ip6 saddr @vrrp6 accept
        meta l4proto %3$d counter drop
    %s    ct state established,related accept
        ct state invalid drop
        icmp type { echo-request, destination-unreachable, time-exceeded, parameter-problem } limit rate 50/second accept
        icmpv6 type { echo-request, destination-unreachable, packet-too-big, time-exceeded, parameter-problem, nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert } accept
        udp sport 67 udp dport 68 accept
      }
      chain forward {
        type filter hook forward priority filter; policy drop;
      }
      chain output {
        type filter hook output priority filter; policy accept;
      }
    }
    """
        .formatted(
            before,
            accepted.stream().map(rule -> "    " + rule + "\n").collect(Collectors.joining()),
            VRRP);
  }
}
