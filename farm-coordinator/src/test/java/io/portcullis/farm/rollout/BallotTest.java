package io.portcullis.farm.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.api.wire.Wire;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BallotTest {
  private static Wire.NodeStatus node(String id, Wire.@Nullable Vote vote) {
    return report(id, new Wire.Standing(0, vote, Wire.Load.NONE));
  }

  private static Wire.NodeStatus report(String id, Wire.@Nullable Standing standing) {
    return new Wire.NodeStatus(
        id, "1", Instant.EPOCH, 1, null, Map.of(), Map.of(), 0, 0, false, standing);
  }

  private static Wire.Vote vote(String proposal, @Nullable String veto) {
    return new Wire.Vote(proposal, veto, false);
  }

  @Test
  void aVoteOnAnotherProposalIsNone() {
    Ballot ballot =
        Ballot.of("p", List.of(node("a", vote("p", null)), node("b", vote("old", "no"))));
    assertThat(ballot.isComplete()).isFalse();
    assertThat(ballot.missing()).containsExactly("b");
    assertThat(ballot.accepted()).isEqualTo(1);
  }

  @Test
  void aVetoDoesNotSilenceTheOthers() {
    Wire.NodeStatus vetoing = node("b", vote("p", "cannot bind 443"));
    Ballot half = Ballot.of("p", List.of(node("a", null), vetoing));
    assertThat(half.isComplete()).isFalse();
    assertThat(half.vetoes()).containsExactly(Map.entry("b", "cannot bind 443"));
    Ballot whole = Ballot.of("p", List.of(node("a", vote("p", "no such file")), vetoing));
    assertThat(whole.isComplete()).isTrue();
    assertThat(whole.vetoes()).containsOnlyKeys("a", "b");
  }

  @Test
  void aNodeOfAReleaseThatDoesNotVoteIsNotWaitedFor() {
    assertThat(Ballot.of("p", List.of(report("a", null))).isComplete()).isTrue();
    assertThat(Ballot.of("p", List.of()).isComplete()).isTrue();
  }
}
