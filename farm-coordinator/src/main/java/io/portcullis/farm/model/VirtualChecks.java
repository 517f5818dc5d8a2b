package io.portcullis.farm.model;

import io.portcullis.farm.model.Origin.Kind;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Virtual addresses and the nodes that may hold them.
final class VirtualChecks {
  /// VRRP numbers its routers from 1 to 255 (RFC 5798, 5.2.3); a quarter of that keeps numbers that are made of addresses apart.
  static final int MOST_ADDRESSES = 64;

  /// Each node tells every other of each address three times a second.
  static final int MOST_NODES = 16;

  private final FarmConfig config;
  private final Origin origin;
  private final Findings findings;
  private final Map<InetAddress, String> places = new HashMap<>();
  private final Map<String, InetAddress> own = new HashMap<>();

  VirtualChecks(FarmConfig config, Origin origin, Findings findings) {
    this.config = config;
    this.origin = origin;
    this.findings = findings;
  }

  void run() {
    for (int i = 0; i < config.virtualAddresses().size(); i++) {
      group(origin.path(Kind.VIRTUAL, i), config.virtualAddresses().get(i));
    }
    if (places.size() > MOST_ADDRESSES) {
      findings.error(
          "virtualAddresses",
          "has %d addresses, more than %d".formatted(places.size(), MOST_ADDRESSES),
          "publish more names behind one address: TLS tells them apart");
    }
    for (int i = 0; i < config.virtualAddresses().size(); i++) {
      List<VirtualGroup.Holder> nodes = config.virtualAddresses().get(i).nodes();
      for (int j = 0; j < nodes.size(); j++) {
        InetAddress address = Names.literal(nodes.get(j).address());
        if (address != null && places.containsKey(address)) {
          findings.error(
              origin.path(Kind.VIRTUAL, i) + ".nodes[" + j + "].address",
              "%s is a virtual address, in %s"
                  .formatted(nodes.get(j).address(), places.get(address)),
              "give the address that this node has for itself");
        }
      }
    }
  }

  private void group(String path, VirtualGroup group) {
    if (group.addresses().isEmpty()) {
      findings.error(path + ".addresses", "has no address", "write addresses: [192.0.2.100/24]");
    }
    if (group.nodes().size() < 2 || group.nodes().size() > MOST_NODES) {
      findings.error(
          path + ".nodes",
          "has " + (group.nodes().isEmpty() ? "no node" : Findings.count(group.nodes().size())),
          "name 2 to %d nodes, so that one can take over from another: {name: edge-1, address: 192.0.2.11}"
              .formatted(MOST_NODES));
    }
    InetAddress first = null;
    for (int i = 0; i < group.addresses().size(); i++) {
      InetAddress read = address(path + ".addresses[" + i + "]", group.addresses().get(i), first);
      first = first == null ? read : first;
    }
    nodes(path + ".nodes", group, first);
  }

  private @Nullable InetAddress address(String path, String text, @Nullable InetAddress first) {
    Network network = virtual(text);
    if (network == null) {
      findings.error(
          path,
          "\"%s\" is not an address with the length of its prefix".formatted(text),
          "write 192.0.2.100/24, as on the nodes' own cards");
      return null;
    }
    InetAddress address = network.address();
    if (first != null && !sameFamily(first, address)) {
      findings.error(
          path,
          "is of another family than the group's first address",
          "give IPv4 and IPv6 addresses a group each");
    }
    String twin = places.putIfAbsent(address, path);
    if (twin != null) {
      findings.error(path, "%s is there already, as %s".formatted(text, twin), "remove one");
    }
    return address;
  }

  private void nodes(String path, VirtualGroup group, @Nullable InetAddress first) {
    Set<String> names = new HashSet<>();
    Set<InetAddress> addresses = new HashSet<>();
    for (int i = 0; i < group.nodes().size(); i++) {
      VirtualGroup.Holder node = group.nodes().get(i);
      String at = path + "[" + i + "]";
      if (!Names.isElementName(node.name())) {
        findings.error(
            at + ".name", "\"%s\" is not a name".formatted(node.name()), FarmValidator.NAME_HINT);
      } else if (!names.add(node.name())) {
        findings.error(
            at + ".name", "node \"%s\" is named twice".formatted(node.name()), "remove one");
      }
      InetAddress address = Names.literal(node.address());
      if (address == null) {
        findings.error(
            at + ".address",
            "\"%s\" is not an IP address".formatted(node.address()),
            "give the address that this node has for itself, without a prefix");
      } else if (!addresses.add(address)) {
        findings.error(
            at + ".address",
            "%s is another node's already".formatted(node.address()),
            "give each node its own address");
      } else if (first != null && !sameFamily(first, address)) {
        findings.error(
            at + ".address",
            "is of another family than the virtual addresses",
            "give the node's own address of the same family");
      } else {
        reachable(at + ".address", group, node, address);
      }
    }
  }

  /// Another network is possible, and nearly always a slip of the hand.
  private void reachable(
      String path, VirtualGroup group, VirtualGroup.Holder node, InetAddress address) {
    InetAddress before = own.putIfAbsent(group.name() + " " + node.name(), address);
    List<Network> networks =
        group.addresses().stream().map(VirtualChecks::virtual).filter(Objects::nonNull).toList();
    if (before == null
        && !networks.isEmpty()
        && networks.stream().noneMatch(network -> network.contains(address))) {
      findings.warning(
          path,
          "%s lies in no network of the group's addresses".formatted(node.address()),
          "check the address, and the prefix of the virtual ones");
    }
  }

  /// Null without a prefix, or with one of no bits, that every address would match.
  private static @Nullable Network virtual(String text) {
    return Network.parse(text)
        .filter(network -> text.indexOf('/') > 0 && network.prefix() > 0)
        .orElse(null);
  }

  private static boolean sameFamily(InetAddress a, InetAddress b) {
    return a.getAddress().length == b.getAddress().length;
  }
}
