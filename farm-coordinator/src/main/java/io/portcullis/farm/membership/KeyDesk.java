package io.portcullis.farm.membership;

import io.portcullis.farm.api.wire.Rotations;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.Role;
import io.portcullis.farm.membership.Declined.Fault;
import io.portcullis.farm.store.AuthorityPlan;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.KeyPlan;
import io.portcullis.farm.store.StoreException;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// The farm key towards operators, who have it rotated, and towards machines of the farm, who are handed it.
public final class KeyDesk {
  private final FarmHome home;
  private final FarmStore store;
  private final KeyUpkeep upkeep;
  private final InstantSource clock;

  public KeyDesk(FarmHome home, FarmStore store, KeyUpkeep upkeep, InstantSource clock) {
    this.home = home;
    this.store = store;
    this.upkeep = upkeep;
    this.clock = clock;
  }

  /// The key that seals now, base64: for who joins.
  String sealing() {
    return home.key().base64();
  }

  /// @param again give up the key that is on its way, whose coordinator may be lost, and make another
  public KeyPlan rotate(boolean again, String by) throws Declined, IOException, StoreException {
    KeyPlan plan = store.keyPlan().read();
    boolean settled = plan.stage() == KeyPlan.Stage.SETTLED;
    if (!settled && !(again && plan.stage() == KeyPlan.Stage.ANNOUNCED)) {
      throw new Declined(
          Fault.REQUEST,
          "farm key %s is on its way already, since %s".formatted(plan.next(), plan.since()),
          "\"farmctl farm-key status\" shows for whom it waits; --again gives up one that no coordinator has any more");
    }
    if (store.authorities().read().stage() != AuthorityPlan.Stage.SETTLED) {
      // The next CA's key lies sealed for whoever still has to fetch it.
      throw new Declined(
          Fault.REQUEST,
          "the farm is on its way to another CA; one thing at a time",
          "look: farmctl farm-ca status");
    }
    Instant now = clock.instant();
    Optional<KeyPlan> announced = upkeep.announce(plan, now);
    if (announced.isEmpty()) {
      throw new Declined(
          Fault.REQUEST,
          "somebody else rotates the farm key right now",
          "look: farmctl farm-key status");
    }
    store
        .audit()
        .append(
            now,
            by,
            "rotates the farm key: %s after %s".formatted(announced.get().next(), plan.current()));
    return announced.get();
  }

  /// Hands a key of the farm to a machine of the farm. Who was removed gets none, also if somebody else has the name by now.
  ///
  /// @param issued when the certificate that it shows was signed
  public Rotations.KeyAnswer hand(Role role, String id, Instant issued, String key)
      throws Declined, StoreException {
    Instant now = clock.instant();
    boolean member =
        switch (role) {
          case COORDINATOR -> store.coordinators().read().of(id).isPresent();
          case NODE ->
              store.nodes().members().stream()
                  .anyMatch(known -> known.id().equals(id) && known.role().equals(role.word()));
          default -> false;
        };
    if (!member || store.revocations().read().covers(role.word() + "/" + id, issued)) {
      store.audit().append(now, id, "refused the farm key: it was removed");
      throw new Declined(
          Fault.TOKEN,
          "%s %s is not of the farm any more".formatted(role.word(), id),
          "make another token with \"farmctl token create\"");
    }
    String found =
        home.keys()
            .find(key)
            .orElseThrow(() ->
                new Declined(
                    Fault.REQUEST, "this coordinator does not have farm key " + key, "ask another"))
            .base64();
    return new Rotations.KeyAnswer(found);
  }
}
