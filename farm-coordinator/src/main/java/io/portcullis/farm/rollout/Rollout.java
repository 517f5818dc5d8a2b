package io.portcullis.farm.rollout;

import io.portcullis.farm.api.wire.Wire;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How far a revision has come: a pure function of what the live nodes report.
///
/// @param nodes by id, in the order reported
public record Rollout(long revision, Map<String, Progress> nodes) {
  public Rollout {
    nodes = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(nodes));
  }

  /// Where one node is.
  public sealed interface Progress {
    /// It serves the revision, or a newer one.
    record Applied() implements Progress {}

    /// It still serves `applied` (0 = nothing yet).
    record Pending(long applied) implements Progress {}

    /// It cannot serve the revision, and keeps the one before.
    record Rejected(String reason) implements Progress {}
  }

  /// Where the farm is.
  public enum State {
    /// Every live node serves it; also when there is none.
    CONVERGED,
    /// Some node has not said yet.
    WAITING,
    /// At least one node cannot serve it.
    REJECTED
  }

  public static Rollout of(long revision, List<Wire.NodeStatus> reports) {
    Map<String, Progress> nodes = new LinkedHashMap<>();
    for (Wire.NodeStatus report : reports) {
      nodes.put(report.id(), progress(revision, report));
    }
    return new Rollout(revision, nodes);
  }

  private static Progress progress(long revision, Wire.NodeStatus report) {
    if (report.appliedRevision() >= revision) {
      return new Progress.Applied();
    }
    String reason = report.rejected();
    return reason == null || speaksOfAnother(revision, report)
        ? new Progress.Pending(report.appliedRevision())
        : new Progress.Rejected(reason);
  }

  /// A rejection of the revision before, which the node has not looked beyond yet.
  private static boolean speaksOfAnother(long revision, Wire.NodeStatus report) {
    Wire.Standing standing = report.standing();
    long named = standing == null ? 0 : standing.outcome().rejected();
    return named != 0 && named != revision;
  }

  public State state() {
    State state = State.CONVERGED;
    for (Progress progress : nodes.values()) {
      switch (progress) {
        case Progress.Applied _ -> {}
        case Progress.Pending _ -> state = state == State.REJECTED ? state : State.WAITING;
        case Progress.Rejected _ -> state = State.REJECTED;
      }
    }
    return state;
  }
}
