package io.portcullis.farm.leader;

import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.api.wire.WireJson;
import io.portcullis.farm.store.AuthorityPlan;
import io.portcullis.farm.store.AuthorityWaiting;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.Leadership;
import io.portcullis.farm.store.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Leads the farm from one CA to the next: nobody shows a certificate of it before everybody who is alive trusts it, and the old one is trusted
/// until nobody has an identity of it. Each step is one compare-and-set, and may be the last of this leader.
public final class AuthorityChores implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AuthorityChores.class);

  private static final Duration PAUSE = Duration.ofMillis(500);

  private static final String NODE = "node";

  private final FarmStore store;
  private final KeyChores.Alive alive;
  private final InstantSource clock;
  private final Rounds<Leadership> rounds;

  public AuthorityChores(
      FarmStore store,
      Supplier<Optional<Leadership>> seat,
      KeyChores.Alive alive,
      InstantSource clock) {
    this.store = store;
    this.alive = alive;
    this.clock = clock;
    rounds = new Rounds<>("farm CA chores", PAUSE, seat, this::chores);
  }

  private void chores(Leadership leadership) {
    try {
      AuthorityPlan plan = store.authorities().read();
      if (plan.stage() == AuthorityPlan.Stage.SETTLED) {
        return;
      }
      if (plan.stage() == AuthorityPlan.Stage.RENEWING) {
        note(leadership, plan);
      }
      if (!AuthorityWaiting.of(store, alive.coordinators(), followed(store), plan)
          .everybody()
          .isEmpty()) {
        return;
      }
      AuthorityPlan after = leadership.authorities().advance(plan, clock.instant());
      if (after.generation() == plan.generation() + 1) {
        tell(leadership, after);
      }
    } catch (StoreException e) {
      LOG.warn("the farm's CA waits: {}", e.toString());
    }
  }

  private void tell(Leadership leadership, AuthorityPlan after) throws StoreException {
    String said = "only the new CA is trusted, everybody has an identity of it";
    if (after.stage() == AuthorityPlan.Stage.RENEWING) {
      int voided =
          leadership.tokens().voidUnused("nobody: the farm has another CA since", clock.instant());
      said = "the new CA signs, everybody trusts it; %d join tokens void".formatted(voided);
    }
    LOG.info("{}", said);
    leadership.audit().append(clock.instant(), "leader", said);
  }

  /// What nodes say is kept, because a node that went away has its identity all the same.
  private void note(Leadership leadership, AuthorityPlan plan) throws StoreException {
    for (Map.Entry<String, Long> report : followed(store).entrySet()) {
      String identity = NODE + "/" + report.getKey();
      if (report.getValue() >= plan.generation() && !plan.renewed().contains(identity)) {
        leadership.authorities().renewed(identity, plan.generation());
      }
    }
  }

  /// Generation that each node which is alive has followed. A node of a release that does not say is waited for.
  private static Map<String, Long> followed(FarmStore store) throws StoreException {
    Map<String, Long> followed = new TreeMap<>();
    store
        .nodes()
        .reports()
        .forEach((id, report) -> {
          try {
            Wire.Standing standing =
                WireJson.read(report.getBytes(StandardCharsets.UTF_8), Wire.NodeStatus.class)
                    .standing();
            followed.put(id, standing == null ? 0L : standing.farmCa());
          } catch (IOException e) {
            LOG.debug("the report of node {} is not understood", id, e);
            followed.put(id, 0L);
          }
        });
    return followed;
  }

  @Override
  public void close() {
    rounds.close();
  }
}
