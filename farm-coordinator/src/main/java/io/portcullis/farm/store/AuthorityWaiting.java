package io.portcullis.farm.store;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// For whom a plan for the farm's CA waits: `coordinator ID`, `node ID`, `administrator ID`.
///
/// @param alive who is there and about to follow
/// @param away who is not there, or comes by when they please, as people do
public record AuthorityWaiting(Set<String> alive, Set<String> away) {
  private static final String COORDINATOR = "coordinator";

  public AuthorityWaiting {
    alive = Set.copyOf(alive);
    away = Set.copyOf(away);
  }

  /// @param running coordinators that run
  /// @param followed generation that each node has followed which is alive
  public static AuthorityWaiting of(
      FarmStore store, Set<String> running, Map<String, Long> followed, AuthorityPlan plan)
      throws StoreException {
    Set<String> alive = new TreeSet<>();
    Set<String> away = new TreeSet<>();
    if (plan.stage() == AuthorityPlan.Stage.SETTLED) {
      return new AuthorityWaiting(alive, away);
    }
    for (Coordinators.Place place : store.coordinators().read().places()) {
      if (!plan.ready().contains(place.id())) {
        (running.contains(place.id()) ? alive : away).add(COORDINATOR + " " + place.id());
      }
    }
    followed.forEach((id, generation) -> {
      if (generation < plan.generation()) {
        alive.add("node " + id);
      }
    });
    if (plan.stage() == AuthorityPlan.Stage.ANNOUNCED) {
      // Who is away finds the way to the new CA by what the old one signed for it.
      return new AuthorityWaiting(alive, Set.of());
    }
    for (Nodes.Member member : store.nodes().members()) {
      String name = member.role() + " " + member.id();
      if (!member.role().equals(COORDINATOR)
          && followed.getOrDefault(member.id(), 0L) < plan.generation()
          && !alive.contains(name)
          && !plan.renewed().contains(member.role() + "/" + member.id())) {
        away.add(name);
      }
    }
    return new AuthorityWaiting(alive, away);
  }

  public Set<String> everybody() {
    Set<String> all = new TreeSet<>(alive);
    all.addAll(away);
    return all;
  }
}
