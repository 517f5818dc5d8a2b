package io.portcullis.farm.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.rollout.Rollout.Progress;
import io.portcullis.farm.rollout.Rollout.State;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RolloutTest {

  private static Wire.NodeStatus node(String id, long applied, @Nullable String rejected) {
    return new Wire.NodeStatus(id, "0", Instant.EPOCH, applied, rejected, Map.of(), Map.of(), 0, 0);
  }

  private static State state(Wire.NodeStatus... nodes) {
    return Rollout.of(7, List.of(nodes)).state();
  }

  @Test
  void aFarmConvergesWhenEveryNodeApplied() {
    assertThat(state()).isEqualTo(State.CONVERGED);
    assertThat(state(node("a", 7, null), node("b", 8, null))).isEqualTo(State.CONVERGED);
    assertThat(state(node("a", 7, null), node("b", 6, null))).isEqualTo(State.WAITING);
  }

  @Test
  void oneRejectionOutweighsAllWaiting() {
    assertThat(state(node("a", 6, "no such listener"), node("b", 0, null), node("c", 7, null)))
        .isEqualTo(State.REJECTED);
    assertThat(Rollout.of(7, List.of(node("a", 6, "why"), node("b", 6, null))).nodes())
        .containsEntry("a", new Progress.Rejected("why"))
        .containsEntry("b", new Progress.Pending(6));
  }
}
