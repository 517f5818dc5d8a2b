package io.portcullis.farm.leader;

import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.api.wire.WireJson;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.KeyPlan;
import io.portcullis.farm.store.Leadership;
import io.portcullis.farm.store.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Leads the farm from one farm key to the next: nobody seals with it before everybody who is alive has it, and the old one is forgotten
/// when everything is sealed with the new one. Each step is one compare-and-set, and may be the last of this leader.
public final class KeyChores implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KeyChores.class);

  /// Between two looks at what there is to do.
  private static final Duration PAUSE = Duration.ofMillis(500);

  /// The coordinators that run, by id.
  @FunctionalInterface
  public interface Alive {
    Set<String> coordinators() throws StoreException;
  }

  private final FarmStore store;
  private final Alive alive;
  private final InstantSource clock;
  private final Rounds<Leadership> rounds;

  public KeyChores(
      FarmStore store, Supplier<Optional<Leadership>> seat, Alive alive, InstantSource clock) {
    this.store = store;
    this.alive = alive;
    this.clock = clock;
    rounds = new Rounds<>("farm key chores", PAUSE, seat, this::chores);
  }

  private void chores(Leadership leadership) {
    try {
      KeyPlan plan = store.keyPlan().read();
      if (plan.stage() == KeyPlan.Stage.SETTLED || !without(store, alive, plan).isEmpty()) {
        return;
      }
      if (plan.stage() == KeyPlan.Stage.SEALING) {
        int changed = leadership.resealing().run();
        if (changed > 0) {
          LOG.info("{} values are sealed with farm key {} now", changed, plan.next());
          return;
        }
      }
      KeyPlan after = leadership.keyPlan().advance(plan, clock.instant());
      if (after.generation() != plan.generation()) {
        String said =
            after.stage() == KeyPlan.Stage.SEALING
                ? "farm key %s seals, everybody has it".formatted(after.next())
                : "farm key %s is the only one, everything is sealed with it"
                    .formatted(after.current());
        LOG.info("{}", said);
        leadership.audit().append(clock.instant(), "leader", said);
      }
    } catch (StoreException e) {
      LOG.warn("the farm key waits: {}", e.toString());
    }
  }

  /// Who is alive and has not followed the plan: `coordinator/ID`, `node/ID`.
  public static Set<String> without(FarmStore store, Alive alive, KeyPlan plan)
      throws StoreException {
    Set<String> without = new TreeSet<>();
    for (String coordinator : alive.coordinators()) {
      if (!plan.ready().contains(coordinator)) {
        without.add("coordinator/" + coordinator);
      }
    }
    store
        .nodes()
        .reports()
        .forEach((id, report) -> {
          if (followed(id, report) < plan.generation()) {
            without.add("node/" + id);
          }
        });
    return without;
  }

  /// A node of a release that does not say is waited for: it could open nothing afterwards.
  private static long followed(String id, String report) {
    try {
      Wire.Standing standing =
          WireJson.read(report.getBytes(StandardCharsets.UTF_8), Wire.NodeStatus.class).standing();
      return standing == null ? 0 : standing.farmKey();
    } catch (IOException e) {
      LOG.debug("the report of node {} is not understood", id, e);
      return 0;
    }
  }

  @Override
  public void close() {
    rounds.close();
  }
}
