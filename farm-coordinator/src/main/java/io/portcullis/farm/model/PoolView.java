package io.portcullis.farm.model;

import io.portcullis.farm.model.LyncTopology.WebPool;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What pools of the document and pools of a Lync topology have in common, with the place they were written.
record PoolView(
    String path,
    String name,
    List<Pool.Member> members,
    Pool.Bridging bridging,
    Pool.@Nullable PoolTls tls,
    Pool.@Nullable HealthCheck health) {

  static List<PoolView> all(FarmConfig config, Origin origin) {
    List<PoolView> views = new ArrayList<>();
    for (int i = 0; i < config.pools().size(); i++) {
      Pool pool = config.pools().get(i);
      views.add(
          new PoolView(
              origin.path(Origin.Kind.POOL, i),
              pool.name(),
              pool.members(),
              pool.bridging(),
              pool.tls(),
              pool.health()));
    }
    if (config.lync() != null) {
      views.addAll(ofLync(config.lync()));
    }
    return views;
  }

  /// Director first, then the pools, then Office Web Apps.
  static List<PoolView> ofLync(LyncTopology lync) {
    List<PoolView> views = new ArrayList<>();
    if (lync.director() != null) {
      views.add(of("lync.director", lync.director()));
    }
    for (int i = 0; i < lync.pools().size(); i++) {
      views.add(of("lync.pools[" + i + "]", lync.pools().get(i)));
    }
    if (lync.officeWebApps() != null) {
      views.add(of("lync.officeWebApps", lync.officeWebApps()));
    }
    return views;
  }

  private static PoolView of(String path, WebPool pool) {
    return new PoolView(
        path, pool.name(), pool.members(), pool.bridging(), pool.tls(), pool.health());
  }

  Pool.Bridging bridgingOf(Pool.Member member) {
    return member.bridging() == null ? bridging : member.bridging();
  }

  String memberPath(int index) {
    return path + ".members[" + index + "]";
  }
}
