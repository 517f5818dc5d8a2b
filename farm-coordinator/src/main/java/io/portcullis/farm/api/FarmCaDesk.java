package io.portcullis.farm.api;

import io.portcullis.farm.api.wire.Rotations;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.identity.Certificates;
import io.portcullis.farm.store.AuthorityPlan;
import io.portcullis.farm.store.AuthorityWaiting;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.StoreException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// How far the farm is on its way to another CA.
record FarmCaDesk(FarmStore store, FarmKeyDesk.Alive alive) {

  Rotations.FarmCaStatus status(List<Wire.NodeStatus> nodes)
      throws StoreException, GeneralSecurityException {
    AuthorityPlan plan = store.authorities().read();
    Map<String, Long> followed = new TreeMap<>();
    nodes.forEach(
        node -> followed.put(node.id(), node.standing() == null ? 0L : node.standing().farmCa()));
    AuthorityWaiting waiting = AuthorityWaiting.of(store, alive.coordinators(), followed, plan);
    String next = plan.next();
    return new Rotations.FarmCaStatus(
        fingerprint(plan.current()),
        next == null ? null : fingerprint(next),
        plan.stage().name().toLowerCase(Locale.ROOT),
        plan.since().isEmpty() ? Instant.EPOCH : Instant.parse(plan.since()),
        waiting.alive().stream().sorted().toList(),
        waiting.away().stream().sorted().toList());
  }

  private static String fingerprint(String pem) throws GeneralSecurityException {
    return pem.isEmpty() ? "" : Certificates.fingerprint(Certificates.parse(pem));
  }
}
