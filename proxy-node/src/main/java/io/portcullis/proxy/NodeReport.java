package io.portcullis.proxy;

import io.portcullis.farm.api.wire.Wire;
import io.portcullis.proxy.config.Applied;
import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.observe.NodeCounters;
import io.portcullis.proxy.snapshot.CurrentSnapshot;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// What a node says of itself to the farm.
final class NodeReport {

  private static final String UNRELEASED = "0.1.0-SNAPSHOT";

  private final String id;
  private final Instant startedAt;
  private final CurrentSnapshot current;
  private final Doors doors;
  private final NodeCounters counters;
  private final Supplier<Applied> applied;
  private final BooleanSupplier draining;
  private final Supplier<Wire.Standing> standing;

  NodeReport(
      String id,
      Instant startedAt,
      CurrentSnapshot current,
      Doors doors,
      NodeCounters counters,
      Supplier<Applied> applied,
      BooleanSupplier draining,
      Supplier<Wire.Standing> standing) {
    this.standing = standing;
    this.id = id;
    this.startedAt = startedAt;
    this.current = current;
    this.doors = doors;
    this.counters = counters;
    this.applied = applied;
    this.draining = draining;
  }

  Wire.NodeStatus status() {
    Applied now = applied.get();
    return new Wire.NodeStatus(
        id,
        version(),
        startedAt,
        now.revision(),
        now.rejected(),
        listeners(),
        members(),
        counters.connectionsOpen(),
        counters.exchanges(),
        draining.getAsBoolean(),
        standing.get());
  }

  private static String version() {
    String packaged = NodeReport.class.getPackage().getImplementationVersion();
    return packaged == null ? UNRELEASED : packaged;
  }

  private Map<String, String> listeners() {
    Map<String, String> texts = new TreeMap<>();
    doors.bound().forEach((name, address) -> texts.put(name, Publication.text(address)));
    return texts;
  }

  private Map<String, String> members() {
    Map<String, String> states = new TreeMap<>();
    for (MemberPool pool : current.current().pools()) {
      pool.members().forEach(member -> states.put(member.toString(), state(member)));
    }
    return states;
  }

  static String state(Member member) {
    if (member.health() == Member.Health.DOWN) {
      return "down: " + member.reason();
    }
    return member.isDraining() ? "draining" : "up";
  }
}
