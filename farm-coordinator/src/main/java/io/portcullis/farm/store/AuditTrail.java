package io.portcullis.farm.store;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.apache.zookeeper.CreateMode;

/// Who did what to the farm, in order.
public final class AuditTrail {
  /// Enough for months of operators; the full record is the coordinator's log.
  static final int KEPT = 1000;

  private final Znodes znodes;
  private final FarmPaths paths;

  AuditTrail(Znodes znodes, FarmPaths paths) {
    this.znodes = znodes;
    this.paths = paths;
  }

  /// @param time ISO-8601
  record Entry(String time, String who, String what) {}

  public void append(Instant time, String who, String what) throws StoreException {
    byte[] entry = Znodes.encode(paths.audit(), new Entry(time.toString(), who, what));
    znodes.run(
        paths.audit(),
        client ->
            client
                .create()
                .withMode(CreateMode.PERSISTENT_SEQUENTIAL)
                .forPath(paths.auditEntry(), entry));
    List<String> entries = znodes.children(paths.audit());
    for (String old :
        entries.stream()
            .sorted(Comparator.naturalOrder())
            .limit(Math.max(0, entries.size() - KEPT))
            .toList()) {
      znodes.delete(paths.audit() + "/" + old);
    }
  }
}
