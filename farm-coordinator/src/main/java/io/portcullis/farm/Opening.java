package io.portcullis.farm;

import io.portcullis.farm.membership.Declined;
import io.portcullis.farm.membership.Growth;
import io.portcullis.farm.server.StartFailed;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.StoreException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Opens this coordinator's member of the ensemble to others when the first of them is expected.
record Opening(Member member, FarmStore store) implements Growth {
  /// A member starts again within two seconds; its clients notice a little later.
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

  @Override
  public String zookeeper() throws StoreException {
    return store.coordinators().read().zookeeper();
  }

  @Override
  public @Nullable String zookeeperCa() {
    return null;
  }

  @Override
  public void open() throws Declined {
    try {
      member.open();
      awaitAnswer();
    } catch (StartFailed e) {
      throw new Declined(Declined.Fault.REQUEST, String.valueOf(e.getMessage()), e.hint());
    } catch (StoreException e) {
      throw new Declined(
          Declined.Fault.REQUEST,
          "ZooKeeper does not answer after it was opened to other coordinators: " + e.getMessage(),
          "see this coordinator's log, then try again");
    }
  }

  private void awaitAnswer() throws StoreException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        if (!store.coordinators().read().places().isEmpty()) {
          return;
        }
      } catch (StoreException e) {
        if (System.nanoTime() - deadline > 0 || Thread.currentThread().isInterrupted()) {
          throw e;
        }
      }
      LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
    }
  }
}
