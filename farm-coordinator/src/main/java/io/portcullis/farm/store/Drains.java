package io.portcullis.farm.store;

import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/// What takes nothing new at the moment: members by `pool/host`, nodes by id.
public record Drains(Map<String, Drain> members, Map<String, Drain> nodes) {
  public static final Drains NONE = new Drains(Map.of(), Map.of());

  public Drains {
    members = Map.copyOf(members);
    nodes = Map.copyOf(nodes);
  }

  /// @param by who asked for it
  /// @param sinceMillis and `untilMillis` since 1970; 0 = until it is resumed
  public record Drain(String by, long sinceMillis, long untilMillis) {
    public boolean isOver(Instant now) {
      return untilMillis != 0 && now.toEpochMilli() >= untilMillis;
    }
  }

  public enum Kind {
    MEMBER,
    NODE
  }

  public Map<String, Drain> of(Kind kind) {
    return kind == Kind.MEMBER ? members : nodes;
  }

  public Drains with(Kind kind, String name, Drain drain) {
    Map<String, Drain> more = new TreeMap<>(of(kind));
    more.put(name, drain);
    return with(kind, more);
  }

  public Drains without(Kind kind, String name) {
    Map<String, Drain> fewer = new TreeMap<>(of(kind));
    fewer.remove(name);
    return with(kind, fewer);
  }

  private Drains with(Kind kind, Map<String, Drain> changed) {
    return kind == Kind.MEMBER ? new Drains(changed, nodes) : new Drains(members, changed);
  }

  /// Those that are still in force.
  public Drains at(Instant now) {
    return new Drains(at(members, now), at(nodes, now));
  }

  private static Map<String, Drain> at(Map<String, Drain> drains, Instant now) {
    Map<String, Drain> left = new TreeMap<>(drains);
    left.values().removeIf(drain -> drain.isOver(now));
    return left;
  }
}
