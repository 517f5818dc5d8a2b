package io.portcullis.farm.api;

import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.identity.Role;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.Nodes;
import io.portcullis.farm.store.StoreException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;

/// The people of the farm: who has an identity, and who loses it.
final class OperatorDesk {
  private final FarmStore store;
  private final InstantSource clock;

  OperatorDesk(FarmStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  private List<Nodes.Member> people() throws StoreException {
    return store.nodes().members().stream()
        .filter(member -> Role.of(member.role()).filter(Role::isPerson).isPresent())
        .sorted(Comparator.comparing(Nodes.Member::id))
        .toList();
  }

  List<Wire.OperatorStatus> list() throws StoreException {
    return people().stream()
        .map(member ->
            new Wire.OperatorStatus(member.id(), member.role(), Instant.parse(member.issued())))
        .toList();
  }

  /// Every certificate that the person was given until now is void, at every coordinator.
  void revoke(String id, Caller by) throws StoreException, Refusal {
    if (id.equals(by.id())) {
      throw new Refusal(
          409,
          "%s would revoke itself".formatted(id),
          "ask another administrator; each coordinator keeps an identity in operator.pem");
    }
    Nodes.Member person =
        people().stream()
            .filter(member -> member.id().equals(id))
            .findFirst()
            .orElseThrow(() ->
                new Refusal(
                    404,
                    "nobody called \"%s\" has an identity".formatted(id),
                    "\"farmctl operator list\" shows who has"));
    store.revocations().revoke(person.role() + "/" + id, clock.instant());
    boolean _ = store.nodes().remove(id);
    store.audit().append(clock.instant(), by.id(), "revoked " + person.role() + " " + id);
  }
}
