package io.portcullis.farm.rollout;

import io.portcullis.farm.api.wire.Wire;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// What the live nodes say of a proposal: a pure function of their reports.
///
/// A node whose report has no `standing` is of a release that does not vote; it is not waited for.
///
/// @param vetoes reason by node
/// @param missing nodes that were asked and have not answered
/// @param accepted how many can serve it
public record Ballot(Map<String, String> vetoes, List<String> missing, int accepted) {
  public Ballot {
    vetoes = java.util.Collections.unmodifiableMap(new TreeMap<>(vetoes));
    missing = List.copyOf(missing);
  }

  public static Ballot of(String proposal, List<Wire.NodeStatus> reports) {
    Map<String, String> vetoes = new TreeMap<>();
    TreeSet<String> missing = new TreeSet<>();
    int accepted = 0;
    for (Wire.NodeStatus report : reports) {
      Wire.Standing standing = report.standing();
      if (standing == null) {
        continue;
      }
      Wire.Vote vote = standing.vote();
      if (vote == null || !vote.proposal().equals(proposal)) {
        missing.add(report.id());
      } else if (vote.veto() != null) {
        vetoes.put(report.id(), vote.veto());
      } else {
        accepted++;
      }
    }
    return new Ballot(vetoes, List.copyOf(missing), accepted);
  }

  /// Everybody has spoken. One veto refuses already, but who mends the document wants to hear of all that is wrong with it, on every node.
  public boolean isComplete() {
    return missing.isEmpty();
  }
}
