package io.portcullis.farm.cli;

import io.portcullis.farm.api.wire.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How far the live nodes are on their way to a revision, judged from one look at the farm.
///
/// A node says which revision it rejected. One of a release that does not goes on with its words until it has looked at this one; the same
/// words as before are therefore believed only after `STALE_AFTER`.
final class Convergence {
  /// A node that is alive reads and compiles a revision in far less.
  static final Duration STALE_AFTER = Duration.ofSeconds(5);

  enum State {
    PENDING,
    APPLIED,
    REJECTED
  }

  /// @param reason why it was rejected; empty otherwise
  record NodeState(State state, String reason) {}

  private final long revision;
  private final Instant begin;
  private final Map<String, String> rejectedBefore = new TreeMap<>();

  /// @param before the farm just before the revision was written
  Convergence(long revision, Wire.FarmStatus before, Instant begin) {
    this.revision = revision;
    this.begin = begin;
    for (Wire.NodeStatus node : before.nodes()) {
      String rejected = node.rejected();
      if (rejected != null) {
        rejectedBefore.put(node.id(), rejected);
      }
    }
  }

  Map<String, NodeState> look(Wire.FarmStatus status, Instant now) {
    Map<String, NodeState> states = new TreeMap<>();
    boolean believe = Duration.between(begin, now).compareTo(STALE_AFTER) >= 0;
    for (Wire.NodeStatus node : status.nodes()) {
      String rejected = node.rejected();
      if (node.appliedRevision() >= revision) {
        states.put(node.id(), new NodeState(State.APPLIED, ""));
      } else if (rejected != null && (isMeant(node) || believe || isNew(node.id(), rejected))) {
        states.put(node.id(), new NodeState(State.REJECTED, rejected));
      } else {
        states.put(node.id(), new NodeState(State.PENDING, ""));
      }
    }
    return states;
  }

  private boolean isMeant(Wire.NodeStatus node) {
    Wire.Standing standing = node.standing();
    return standing != null && standing.outcome().rejected() == revision;
  }

  private boolean isNew(String id, String rejected) {
    return !rejected.equals(rejectedBefore.get(id));
  }

  static boolean decided(Map<String, NodeState> states) {
    return states.values().stream().noneMatch(s -> s.state() == State.PENDING);
  }

  static List<String> in(State state, Map<String, NodeState> states) {
    return states.entrySet().stream()
        .filter(e -> e.getValue().state() == state)
        .map(Map.Entry::getKey)
        .toList();
  }
}
