package io.portcullis.farm.api;

import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.identity.Role;
import io.portcullis.farm.store.Coordinators;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.LeaderSeat;
import io.portcullis.farm.store.StoreException;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// The coordinators as operators see them: who runs, and who leaves.
final class CoordinatorDesk {
  static final String UP = "up";
  static final String DOWN = "down";

  private final FarmStore store;
  private final LeaderSeat seat;
  private final String self;
  private final InstantSource clock;

  CoordinatorDesk(FarmStore store, LeaderSeat seat, String self, InstantSource clock) {
    this.store = store;
    this.seat = seat;
    this.self = self;
    this.clock = clock;
  }

  List<Wire.CoordinatorStatus> list() throws StoreException {
    Set<String> standing = standing();
    return store.coordinators().read().places().stream()
        .map(place -> new Wire.CoordinatorStatus(place.id(), place.admin(), state(place, standing)))
        .toList();
  }

  /// Whoever answers runs, even if its seat is not known yet.
  private Set<String> standing() throws StoreException {
    Set<String> all = new TreeSet<>(seat.standing());
    all.add(self);
    return all;
  }

  private static String state(Coordinators.Place place, Set<String> standing) {
    return standing.contains(place.id()) ? UP : DOWN;
  }

  /// Takes a coordinator out: first of the ensemble, so that a crash in between leaves it visible.
  void remove(String id, String author) throws StoreException, Refusal {
    Coordinators known = store.coordinators().read();
    Coordinators.Place place =
        known
            .of(id)
            .orElseThrow(() ->
                new Refusal(
                    404,
                    "no coordinator \"" + id + "\" is in the farm",
                    "\"farmctl status\" lists them"));
    if (known.places().size() == 1) {
      throw new Refusal(
          409,
          id + " is the only coordinator: a farm without one can never be changed again",
          "let another join first: farmctl token create --role coordinator");
    }
    if (id.equals(self)) {
      throw new Refusal(
          409,
          id + " answers this request and cannot take itself out",
          "ask another coordinator, with an identity file that names it first");
    }
    if (store.guestAt() == null) {
      requireMajorityOf(known.without(id));
      store.ensemble().remove(place.number());
    }
    store.coordinators().remove(id);
    boolean _ = store.nodes().remove(id);
    // Last, so that whoever runs still learns what became of it.
    store.revocations().revoke(Role.COORDINATOR.word() + "/" + id, clock.instant());
    store.audit().append(clock.instant(), author, "removed coordinator " + id);
  }

  private void requireMajorityOf(Coordinators left) throws StoreException, Refusal {
    Set<String> standing = standing();
    List<String> down =
        left.places().stream()
            .map(Coordinators.Place::id)
            .filter(other -> !standing.contains(other))
            .toList();
    int up = left.places().size() - down.size();
    if (up <= left.places().size() / 2) {
      throw new Refusal(
          409,
          "the others could not go on alone: %s down"
              .formatted(String.join(", ", down) + (down.size() == 1 ? " is" : " are")),
          "start them again, or remove them first");
    }
  }
}
