package io.portcullis.proxy;

import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.VirtualGroup;
import io.portcullis.farm.model.VirtualGroup.Holder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.CRC32;

/// What one node has to know to take part in VRRP (RFC 5798), from the document alone: all nodes of one revision come to the same numbers
/// without asking each other.
final class VirtualPlan {

  private static final int ROUTERS = 255;

  /// 255 belongs to an address's owner, and the last one stays well above 0, which means "I am leaving".
  private static final int HIGHEST = 250;

  private static final int SPAN = 200;

  private static final String HEAD =
      "# The virtual addresses that this node may hold, each with router, priority, own address, peers.\n";

  private VirtualPlan() {}

  /// One line for each address; the order is that of the document.
  static String text(String node, FarmConfig config) {
    Map<String, Integer> routers = routers(config);
    StringBuilder text = new StringBuilder(HEAD).append("node ").append(node).append('\n');
    for (VirtualGroup group : config.virtualAddresses()) {
      for (int i = 0; i < group.addresses().size(); i++) {
        String address = group.addresses().get(i);
        line(node, address, routers.getOrDefault(address, 1), group.preference(i), text);
      }
    }
    return text.toString();
  }

  private static void line(
      String node, String address, int router, List<Holder> preference, StringBuilder text) {
    List<String> peers = new ArrayList<>();
    int rank = -1;
    for (int i = 0; i < preference.size(); i++) {
      if (preference.get(i).name().equals(node)) {
        rank = i;
      } else {
        peers.add(preference.get(i).address());
      }
    }
    if (rank >= 0) {
      text.append(
          "address %s router %d priority %d own %s peers %s\n"
              .formatted(
                  address,
                  router,
                  HIGHEST - rank * SPAN / preference.size(),
                  preference.get(rank).address(),
                  String.join(",", peers)));
    }
  }

  /// Made of the address, so that others that come or go leave it as it is; two that meet make way in the order of their texts.
  private static Map<String, Integer> routers(FarmConfig config) {
    TreeSet<String> addresses = new TreeSet<>();
    config.virtualAddresses().forEach(group -> addresses.addAll(group.addresses()));
    Map<String, Integer> routers = new TreeMap<>();
    for (String address : addresses) {
      CRC32 sum = new CRC32();
      sum.update(address.substring(0, address.indexOf('/')).getBytes(StandardCharsets.US_ASCII));
      int router = (int) (sum.getValue() % ROUTERS) + 1;
      while (routers.containsValue(router)) {
        router = router % ROUTERS + 1;
      }
      routers.put(address, router);
    }
    return routers;
  }
}
