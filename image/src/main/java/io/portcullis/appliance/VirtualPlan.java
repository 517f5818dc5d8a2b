package io.portcullis.appliance;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What the node says it may hold, read as something that a stranger wrote: the node's user has few rights, keepalived has many, and its
/// configuration can name programs. Only values go through, never text.
///
/// @param node the node's id in the farm
record VirtualPlan(String node, List<Claim> claims) {

  /// As many as a farm document may name.
  private static final int MOST_CLAIMS = 64;

  private static final Pattern NODE = Pattern.compile("node ([A-Za-z0-9][A-Za-z0-9._-]{0,62})");
  private static final Pattern CLAIM =
      Pattern.compile(
          "address ([0-9a-f.:/]{3,49}) router ([0-9]{1,3}) priority ([0-9]{1,3}) own ([0-9a-f.:]{3,45})"
              + " peers ([0-9a-f.:,]{3,900})");

  VirtualPlan {
    claims = List.copyOf(claims);
  }

  /// @param router number of the virtual router, the same on all nodes
  /// @param priority the highest that is ready holds the address
  /// @param own this node's address on the same card
  record Claim(Cidr address, int router, int priority, InetAddress own, List<InetAddress> peers) {
    Claim {
      peers = List.copyOf(peers);
      if (router < 1 || router > 255 || priority < 1 || priority > 254) {
        throw new IllegalArgumentException("router is 1 to 255, priority 1 to 254");
      }
      int family = address.address().getAddress().length;
      if (Stream.concat(peers.stream(), Stream.of(own))
          .anyMatch(a -> a.getAddress().length != family)) {
        throw new IllegalArgumentException("its addresses are of two families");
      }
    }
  }

  /// @throws IllegalArgumentException naming the line, and nothing of what is in it
  static VirtualPlan read(String text) {
    String node = "";
    List<Claim> claims = new ArrayList<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      Matcher name = NODE.matcher(line);
      if (line.startsWith("#")) {
        continue;
      }
      if (name.matches()) {
        node = name.group(1);
      } else if (claims.size() < MOST_CLAIMS) {
        claims.add(claim(line, number));
      } else {
        throw new IllegalArgumentException("more than %d addresses".formatted(MOST_CLAIMS));
      }
    }
    if (node.isEmpty()) {
      throw new IllegalArgumentException("it names no node");
    }
    return new VirtualPlan(node, claims);
  }

  private static Claim claim(String line, int number) {
    Matcher claim = CLAIM.matcher(line);
    if (!claim.matches()) {
      throw new IllegalArgumentException("line %d is none of this release".formatted(number));
    }
    try {
      return new Claim(
          Cidr.parse(claim.group(1)),
          Integer.parseInt(claim.group(2)),
          Integer.parseInt(claim.group(3)),
          Cidr.address(claim.group(4)),
          Stream.of(claim.group(5).split(",")).map(Cidr::address).toList());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("line %d: %s".formatted(number, e.getMessage()), e);
    }
  }
}
