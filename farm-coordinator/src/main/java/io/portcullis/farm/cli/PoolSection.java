package io.portcullis.farm.cli;

import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.cli.Screen.Row;
import io.portcullis.farm.cli.Table.Cell;
import io.portcullis.farm.model.FarmConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Pools and their members, from what every node sees: nodes may disagree, and that is itself news.
final class PoolSection {
  private static final String UP = "up";

  /// @param states node id to the state that node reports
  record MemberView(String member, Map<String, String> states) {
    boolean upEverywhere() {
      return states.values().stream().allMatch(UP::equals);
    }

    /// `up`, `down: connection refused`, or with the nodes that see it if they disagree.
    String words() {
      if (states.isEmpty()) {
        return "not seen by any node";
      }
      if (states.values().stream().distinct().count() == 1) {
        return states.values().iterator().next();
      }
      return String.join(
          ", ",
          states.entrySet().stream()
              .filter(e -> !e.getValue().equals(UP))
              .map(e -> e.getValue() + " (on " + e.getKey() + ")")
              .toList());
    }
  }

  private PoolSection() {}

  static Screen.Section of(List<Wire.NodeStatus> nodes, @Nullable FarmConfig config) {
    List<Row> rows = new ArrayList<>();
    if (nodes.isEmpty()) {
      views(nodes, config)
          .forEach((pool, members) ->
              rows.add(
                  new Row(
                      0,
                      List.of(
                          Cell.of(pool),
                          Cell.of("?/" + members.size()),
                          Cell.of(names(members))))));
      return section(rows);
    }
    views(nodes, config)
        .forEach((pool, members) -> {
          long up = members.stream().filter(m -> upAnywhere(m)).count();
          List<String> troubles =
              members.stream()
                  .filter(m -> !m.upEverywhere() || m.states().isEmpty())
                  .map(m -> m.member() + " " + m.words())
                  .toList();
          String text = troubles.isEmpty() ? names(members) : String.join("; ", troubles);
          Style style = up == 0 ? Style.BAD : troubles.isEmpty() ? Style.GOOD : Style.WARNING;
          rows.add(
              new Row(
                  up == 0 ? 2 : troubles.isEmpty() ? 0 : 1,
                  List.of(
                      Cell.of(pool),
                      new Cell((troubles.isEmpty() ? "" : "! ") + up + "/" + members.size(), style),
                      new Cell(text, troubles.isEmpty() ? Style.PLAIN : style))));
        });
    return section(rows);
  }

  private static Screen.Section section(List<Row> rows) {
    return new Screen.Section(
        () -> new Table().text("POOL").number("UP").text("MEMBERS"), rows, "farmctl get pools");
  }

  private static String names(List<MemberView> members) {
    return String.join(" ", members.stream().map(MemberView::member).toList());
  }

  /// Pool to its members, in the document's order where there is a document.
  static Map<String, List<MemberView>> views(
      List<Wire.NodeStatus> nodes, @Nullable FarmConfig config) {
    Map<String, Map<String, Map<String, String>>> seen = new LinkedHashMap<>();
    if (config != null) {
      for (var pool : config.pools()) {
        var members = seen.computeIfAbsent(pool.name(), _ -> new LinkedHashMap<>());
        pool.members().forEach(m -> members.put(m.host(), new TreeMap<>()));
      }
    }
    for (Wire.NodeStatus node : nodes) {
      new TreeMap<>(node.memberStates())
          .forEach((key, state) -> {
            int slash = key.indexOf('/');
            String pool = slash < 0 ? "" : key.substring(0, slash);
            seen.computeIfAbsent(pool, _ -> new LinkedHashMap<>())
                .computeIfAbsent(key.substring(slash + 1), _ -> new TreeMap<>())
                .put(node.id(), state);
          });
    }
    Map<String, List<MemberView>> views = new LinkedHashMap<>();
    seen.forEach((pool, members) ->
        views.put(
            pool,
            members.entrySet().stream()
                .map(e -> new MemberView(e.getKey(), e.getValue()))
                .toList()));
    return views;
  }

  private static boolean upAnywhere(MemberView member) {
    return member.states().containsValue(UP);
  }
}
