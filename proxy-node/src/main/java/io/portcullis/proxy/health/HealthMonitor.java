package io.portcullis.proxy.health;

import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.Pool;
import io.portcullis.proxy.member.Bind;
import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.member.OwnAddresses;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/// Active health checks of every member of the current snapshot. Members that a publish keeps are watched on without a
/// break; the watch of a dropped one ends.
///
/// Members count as up until their first verdict: a node that has just started serves rather than refuses.
///
/// One thread calls it, the one that publishes.
public final class HealthMonitor implements AutoCloseable {

  private final OwnAddresses own;
  private final Runnable changed;
  private final Pace pace;
  private IdentityHashMap<Member, MemberWatch> watches = new IdentityHashMap<>();

  /// @param changed told when a member went up or down; on the thread of its watch
  public HealthMonitor(OwnAddresses own, Runnable changed) {
    this(own, changed, Pace.BY_CHANCE);
  }

  HealthMonitor(OwnAddresses own, Runnable changed, Pace pace) {
    this.own = own;
    this.changed = changed;
    this.pace = pace;
  }

  /// @param pools compiled from `config`
  /// @param binds what this node's listeners are bound to
  public void follow(
      FarmConfig config, Resolver resolver, List<MemberPool> pools, Collection<Bind> binds) {
    Map<String, Pool> said = new HashMap<>();
    config.pools().forEach(pool -> said.put(pool.name(), pool));
    IdentityHashMap<Member, MemberWatch> next = new IdentityHashMap<>();
    for (MemberPool pool : pools) {
      Pool configured = said.get(pool.name());
      for (int i = 0; configured != null && i < pool.members().size(); i++) {
        MemberWatch.Plan plan =
            new MemberWatch.Plan(
                pool, configured, configured.members().get(i), resolver, own, List.copyOf(binds));
        watch(pool.members().get(i), plan, next);
      }
    }
    watches.forEach((member, watch) -> {
      if (!next.containsKey(member)) {
        watch.stop();
      }
    });
    watches = next;
  }

  private void watch(
      Member member, MemberWatch.Plan plan, IdentityHashMap<Member, MemberWatch> next) {
    MemberWatch kept = watches.get(member);
    if (kept != null) {
      kept.follow(plan);
      next.put(member, kept);
      return;
    }
    MemberWatch fresh = new MemberWatch(member, plan, changed, pace);
    next.put(member, fresh);
    fresh.start();
  }

  @Override
  public void close() {
    watches.values().forEach(MemberWatch::stop);
    watches = new IdentityHashMap<>();
  }
}
