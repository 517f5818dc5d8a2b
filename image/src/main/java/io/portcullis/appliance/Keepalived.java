package io.portcullis.appliance;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A node's part in the virtual addresses, as keepalived and nftables read it.
///
/// Failover takes what the loss takes to be noticed: three silent adverts when a machine is gone (under a second), two failed questions
/// when a node is not ready (two seconds). A node that comes back waits before it takes its addresses again, so that one that comes and
/// goes moves nobody.
///
/// @param configuration null if there is nothing to hold
/// @param missing own addresses that are on no card of this machine
record Keepalived(@Nullable String configuration, String firewall, List<String> missing) {

  /// VRRP version 3 counts in hundredths of a second.
  private static final String ADVERT_SECONDS = "0.3";

  private static final int RETURN_SECONDS = 30;

  static final Keepalived NOTHING = new Keepalived(null, firewall(List.of()), List.of());

  Keepalived {
    missing = List.copyOf(missing);
  }

  /// @param cards the name of the card that has an address; null if none has
  /// @param ready a program that ends with 0 while the node may get clients
  static Keepalived of(
      VirtualPlan plan, Function<InetAddress, @Nullable String> cards, String ready) {
    StringBuilder text = new StringBuilder(head(plan.node(), ready));
    List<VirtualPlan.Claim> placed = new ArrayList<>();
    TreeSet<String> missing = new TreeSet<>();
    for (VirtualPlan.Claim claim : plan.claims()) {
      String card = cards.apply(claim.own());
      if (card == null) {
        missing.add(claim.own().getHostAddress());
      } else {
        text.append(instance(claim, card));
        placed.add(claim);
      }
    }
    return new Keepalived(
        placed.isEmpty() ? null : text.toString(), firewall(placed), List.copyOf(missing));
  }

  /// Neighbours that missed the news of a new holder (a switch that was away, a healed cable) hear it again and again.
  private static String head(String node, String ready) {
    return """
    global_defs {
      router_id %s
      vrrp_version 3
      enable_script_security
      script_user nobody nogroup
      vrrp_check_unicast_src
      vrrp_garp_master_delay 2
      vrrp_garp_master_repeat 3
      vrrp_garp_master_refresh 10
      vrrp_garp_lower_prio_delay 1
      vrrp_garp_lower_prio_repeat 3
    }
    vrrp_script ready {
      script "%s"
      interval 1
      timeout 2
      fall 2
      rise 2
      init_fail
    }
    """
        .formatted(node, ready);
  }

  private static String instance(VirtualPlan.Claim claim, String card) {
    return """
    vrrp_instance v%1$d {
      state BACKUP
      interface %2$s
      virtual_router_id %1$d
      priority %3$d
      advert_int %4$s
      preempt_delay %5$d
      unicast_src_ip %6$s
      unicast_peer {
    %7$s  }
      virtual_ipaddress {
        %8$s dev %2$s
      }
      track_script {
        ready
      }
    }
    """
        .formatted(
            claim.router(),
            card,
            claim.priority(),
            ADVERT_SECONDS,
            RETURN_SECONDS,
            claim.own().getHostAddress(),
            claim.peers().stream()
                .map(peer -> "    " + peer.getHostAddress() + "\n")
                .collect(Collectors.joining()),
            claim.address());
  }

  /// VRRP is let in from the nodes of the farm, and from nobody else; the sets are [Firewall]'s.
  private static String firewall(List<VirtualPlan.Claim> claims) {
    List<InetAddress> peers = claims.stream().flatMap(c -> c.peers().stream()).distinct().toList();
    return set("vrrp4", peers.stream().filter(Inet4Address.class::isInstance).toList())
        + set("vrrp6", peers.stream().filter(peer -> !(peer instanceof Inet4Address)).toList());
  }

  private static String set(String name, List<InetAddress> addresses) {
    String flush = "flush set inet portcullis " + name + "\n";
    return addresses.isEmpty()
        ? flush
        : flush
            + addresses.stream()
                .map(InetAddress::getHostAddress)
                .sorted()
                .collect(
                    Collectors.joining(
                        ", ", "add element inet portcullis " + name + " { ", " }\n"));
  }
}
