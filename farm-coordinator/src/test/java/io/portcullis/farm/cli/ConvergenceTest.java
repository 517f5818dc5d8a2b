package io.portcullis.farm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.api.wire.Wire.FarmStatus;
import io.portcullis.farm.api.wire.Wire.NodeStatus;
import io.portcullis.farm.cli.Convergence.State;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConvergenceTest {
  private static final Instant BEGIN = Instant.parse("2026-11-21T12:00:00Z");

  private static NodeStatus node(String id, long applied, @Nullable String rejected) {
    return new NodeStatus(id, "1", BEGIN, applied, rejected, Map.of(), Map.of(), 0, 0);
  }

  private static FarmStatus farm(NodeStatus... nodes) {
    return new FarmStatus("f", 5, List.of(), List.of(nodes), List.of());
  }

  private static State state(Convergence convergence, NodeStatus node, Instant now) {
    var states = convergence.look(farm(node), now);
    var state = states.get(node.id());
    assertThat(state).isNotNull();
    return state == null ? State.PENDING : state.state();
  }

  @Test
  void aNodeIsThereOnceItServesTheRevisionOrALaterOne() {
    Convergence convergence = new Convergence(5, farm(node("a", 4, null)), BEGIN);
    assertThat(state(convergence, node("a", 4, null), BEGIN)).isEqualTo(State.PENDING);
    assertThat(state(convergence, node("a", 5, null), BEGIN)).isEqualTo(State.APPLIED);
    assertThat(state(convergence, node("a", 6, null), BEGIN)).isEqualTo(State.APPLIED);
  }

  @Test
  void anOldRejectionIsNotMistakenForANewOne() {
    Convergence convergence = new Convergence(5, farm(node("a", 3, "port taken")), BEGIN);
    assertThat(state(convergence, node("a", 3, "port taken"), BEGIN)).isEqualTo(State.PENDING);
    assertThat(state(convergence, node("a", 3, "no memory"), BEGIN)).isEqualTo(State.REJECTED);
    assertThat(state(convergence, node("a", 3, "port taken"), BEGIN.plus(Convergence.STALE_AFTER)))
        .isEqualTo(State.REJECTED);
  }

  @Test
  void aRejectionThatNamesTheRevisionIsBelievedAtOnce() {
    Convergence convergence = new Convergence(5, farm(node("a", 3, "port taken")), BEGIN);
    NodeStatus old = node("a", 3, "port taken");
    NodeStatus named =
        new NodeStatus(
            "a",
            "1",
            BEGIN,
            3,
            "port taken",
            Map.of(),
            Map.of(),
            0,
            0,
            false,
            new io.portcullis.farm.api.wire.Wire.Standing(
                0,
                null,
                io.portcullis.farm.api.wire.Wire.Load.NONE,
                new io.portcullis.farm.api.wire.Wire.Outcome(5, 5, null)));
    assertThat(state(convergence, old, BEGIN)).isEqualTo(State.PENDING);
    assertThat(state(convergence, named, BEGIN)).isEqualTo(State.REJECTED);
  }

  @Test
  void nodesThatLeaveAreNotWaitedFor() {
    Convergence convergence =
        new Convergence(5, farm(node("a", 4, null), node("b", 4, null)), BEGIN);
    assertThat(Convergence.decided(convergence.look(farm(node("a", 5, null)), BEGIN))).isTrue();
    assertThat(Convergence.decided(convergence.look(farm(), BEGIN))).isTrue();
    assertThat(
            Convergence.decided(
                convergence.look(farm(node("a", 5, null), node("b", 4, null)), BEGIN)))
        .isFalse();
  }
}
