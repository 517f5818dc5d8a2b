package io.portcullis.farm.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Addresses that clients use, of which each is held by one living node of the group, and goes to the next when that one is not ready.
///
/// @param addresses each with the length of its network's prefix, `192.0.2.100/24`
/// @param nodes who may hold them
public record VirtualGroup(String name, List<String> addresses, List<Holder> nodes) {
  public VirtualGroup {
    addresses = List.copyOf(addresses);
    nodes = List.copyOf(nodes);
  }

  /// A node, and the address of its own on the card that the group's addresses go to.
  ///
  /// @param name the node's id in the farm
  public record Holder(String name, String address) {}

  /// Who holds the address, the first that is ready. The list turns with each address, so that all nodes have some to do.
  ///
  /// @param index of the address
  public List<Holder> preference(int index) {
    List<Holder> turned = new ArrayList<>(nodes);
    Collections.rotate(turned, -index);
    return turned;
  }
}
