package io.portcullis.farm;

import io.portcullis.farm.server.FarmAuthentication;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.Revocations;
import io.portcullis.farm.store.StoreException;
import io.portcullis.farm.store.ZnodeWatch;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps ZooKeeper's door shut for those who were removed, within moments of their removal, and writes down who tried it.
final class Admission implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Admission.class);

  /// A client that is refused tries again every second; one entry tells as much as sixty.
  private static final Duration SAME_AGAIN = Duration.ofMinutes(10);

  /// What a coordinator needs to notice that it was removed.
  private static final Duration LAST_LOOK = Duration.ofSeconds(5);

  private static final String COORDINATOR = "coordinator/";

  private final FarmStore store;
  private final InstantSource clock;
  private final ConcurrentHashMap<String, Instant> told = new ConcurrentHashMap<>();
  private final ZnodeWatch<Revocations> watch;
  private final Map<String, Long> removed = new HashMap<>();
  private Revocations known = Revocations.NONE;

  Admission(FarmStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
    watch = store.watchRevocations(this::follow);
  }

  private void follow(Revocations told) {
    Revocations revocations = told.without(spared(told));
    if (revocations.equals(known)) {
      return;
    }
    known = revocations;
    FarmAuthentication.refuse(
        new FarmAuthentication.Revoked() {
          @Override
          public boolean test(String identity, Instant issued) {
            return revocations.covers(identity, issued);
          }

          @Override
          public void refused(String identity, String from) {
            tell(identity, from);
          }
        });
  }

  /// Coordinators that were removed just now: one that runs reads that it was, and ends. By this process's own time, whatever the clocks say.
  private Set<String> spared(Revocations told) {
    long now = System.nanoTime();
    Set<String> spared = new HashSet<>();
    for (String identity : told.untilMillis().keySet()) {
      if (identity.startsWith(COORDINATOR)
          && now - removed.computeIfAbsent(identity, _ -> now) < LAST_LOOK.toNanos()) {
        spared.add(identity);
      }
    }
    return spared;
  }

  private void tell(String identity, String from) {
    Instant now = clock.instant();
    Instant before = told.get(identity);
    if (before != null && now.isBefore(before.plus(SAME_AGAIN))) {
      return;
    }
    told.put(identity, now);
    Thread.ofVirtual()
        .name("audit")
        .start(() -> {
          try {
            store.audit().append(now, identity, "refused at " + from + ": it was removed");
          } catch (StoreException e) {
            LOG.warn("the refusal of {} is not in the audit trail: {}", identity, e.toString());
          }
        });
  }

  @Override
  public void close() {
    watch.close();
    FarmAuthentication.refuseNobody();
  }
}
