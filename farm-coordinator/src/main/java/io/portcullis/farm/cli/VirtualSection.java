package io.portcullis.farm.cli;

import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.cli.Screen.Row;
import io.portcullis.farm.cli.Screen.Section;
import io.portcullis.farm.cli.Table.Cell;
import io.portcullis.farm.model.FarmConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Which node holds which virtual address: exactly one should.
final class VirtualSection {

  private VirtualSection() {}

  /// @param config null shows only what the nodes report
  static Section of(List<Wire.NodeStatus> nodes, @Nullable FarmConfig config) {
    List<Row> rows = new ArrayList<>();
    holders(nodes, config)
        .forEach((address, by) -> {
          boolean one = by.size() == 1;
          String words =
              by.isEmpty()
                  ? "! nobody: no node of its group is ready, or keepalived does not run there"
                  : (one ? "" : "! ") + String.join(" and ", by);
          rows.add(
              new Row(
                  one ? 0 : 2,
                  List.of(Cell.of(address), new Cell(words, one ? Style.GOOD : Style.BAD))));
        });
    return new Section(
        () -> new Table().text("VIRTUAL ADDRESS").text("HELD BY"), rows, "farmctl status");
  }

  /// Each address is held by one node.
  static boolean fine(List<Wire.NodeStatus> nodes, @Nullable FarmConfig config) {
    return holders(nodes, config).values().stream().allMatch(by -> by.size() == 1);
  }

  private static Map<String, List<String>> holders(
      List<Wire.NodeStatus> nodes, @Nullable FarmConfig config) {
    Map<String, List<String>> held = new TreeMap<>();
    if (config != null) {
      config
          .virtualAddresses()
          .forEach(
              group -> group.addresses().forEach(address -> held.put(address, new ArrayList<>())));
    }
    for (Wire.NodeStatus node : nodes) {
      Wire.Standing standing = node.standing();
      if (standing != null) {
        standing
            .holds()
            .forEach(
                address -> held.computeIfAbsent(address, _ -> new ArrayList<>()).add(node.id()));
      }
    }
    return held;
  }
}
