package io.portcullis.farm.lync;

import io.portcullis.farm.model.LyncTopology;
import io.portcullis.farm.model.LyncTopology.WebPool;
import io.portcullis.farm.model.Pool;
import io.portcullis.farm.model.Pool.HealthCheck;
import io.portcullis.farm.model.Pool.SourcePersistence;
import io.portcullis.farm.model.Pool.Timeouts;
import io.portcullis.farm.model.Pool.UpstreamConnections;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The pools of a topology with what Lync asks of a proxy: long polls, private connections, the documented probes.
final class LyncPools {
  private static final Duration PROBE_INTERVAL = Duration.ofSeconds(5);

  /// Converting a large presentation takes minutes, but nothing of Office Web Apps polls for half an hour.
  private static final Timeouts OFFICE =
      new Timeouts(Duration.ofSeconds(300), Duration.ofSeconds(300), Duration.ofSeconds(5));

  private LyncPools() {}

  /// Director, pools, Office Web Apps, as in the document.
  static List<Pool> of(LyncTopology lync) {
    List<Pool> pools = new ArrayList<>();
    if (lync.director() != null) {
      pools.add(frontEnd(lync.director()));
    }
    lync.pools().forEach(pool -> pools.add(frontEnd(pool)));
    if (lync.officeWebApps() != null) {
      pools.add(pool(lync.officeWebApps(), LyncTopology.OFFICE_DISCOVERY, OFFICE));
    }
    return pools;
  }

  private static Pool frontEnd(WebPool pool) {
    return pool(pool, LyncTopology.DISCOVERY_ROOT, Timeouts.LYNC);
  }

  private static Pool pool(WebPool pool, String probe, Timeouts timeouts) {
    HealthCheck health =
        pool.health() == null ? new HealthCheck(probe, 200, 0, PROBE_INTERVAL) : pool.health();
    return new Pool(
        pool.name(),
        pool.members(),
        pool.bridging(),
        pool.tls(),
        SourcePersistence.DEFAULT,
        UpstreamConnections.PRIVATE,
        health,
        timeouts);
  }
}
