package io.portcullis.farm.api;

import io.portcullis.farm.api.wire.Rotations;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.KeyPlan;
import io.portcullis.farm.store.StoreException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// How far the farm is on its way to another farm key.
record FarmKeyDesk(FarmStore store, Alive alive) {
  /// The coordinators that run, by id.
  interface Alive {
    Set<String> coordinators() throws StoreException;
  }

  Rotations.FarmKeyStatus status(List<Wire.NodeStatus> nodes) throws StoreException {
    KeyPlan plan = store.keyPlan().read();
    List<String> waiting = new ArrayList<>();
    if (plan.stage() != KeyPlan.Stage.SETTLED) {
      alive.coordinators().stream()
          .filter(id -> !plan.ready().contains(id))
          .map(id -> "coordinator " + id)
          .forEach(waiting::add);
    }
    // A node that was away follows when it is back, also after all is settled.
    nodes.stream()
        .filter(node -> node.standing() == null || node.standing().farmKey() < plan.generation())
        .map(node -> "node " + node.id())
        .forEach(waiting::add);
    return new Rotations.FarmKeyStatus(
        plan.current(),
        plan.next(),
        plan.stage().name().toLowerCase(Locale.ROOT),
        plan.since().isEmpty() ? Instant.EPOCH : Instant.parse(plan.since()),
        waiting);
  }
}
