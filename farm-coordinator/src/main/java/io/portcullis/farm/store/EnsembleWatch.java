package io.portcullis.farm.store;

import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.identity.Role;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.CuratorWatcher;
import org.apache.curator.framework.state.ConnectionStateListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows where the coordinators are, so that a process finds the farm after those it joined through are gone: in memory for the
/// next connection, and in the state directory for the next start.
public final class EnsembleWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EnsembleWatch.class);

  /// What a watch that never fires may cost.
  private static final long LOOK_ANYWAY_MILLIS = 10_000;

  /// Told on the watch's own thread, again and again, changed or not.
  public interface Listener {
    void places(Coordinators known);

    /// Not where others run the ensemble.
    void members(Ensemble.Config config);
  }

  private final CuratorFramework client;
  private final String path;
  private final FarmHome home;
  private final List<String> first;
  private final EnsembleAddress address;
  private final boolean follows;
  private final boolean guest;
  private final Semaphore wake = new Semaphore(1);
  private final CuratorWatcher hint = _ -> wake.release();
  private final ConnectionStateListener onConnection = (_, _) -> wake.release();
  private final Thread thread;
  private volatile @Nullable Listener listener;
  private volatile boolean closed;

  /// @param follows whether the farm's word on addresses counts
  EnsembleWatch(
      CuratorFramework client,
      FarmPaths paths,
      FarmHome home,
      EnsembleAddress address,
      boolean follows) {
    this.client = client;
    this.path = paths.coordinators();
    this.home = home;
    first = ownFirst(home);
    guest = home.isGuest();
    this.address = address;
    this.follows = follows;
    client.getConnectionStateListenable().addListener(onConnection);
    thread = Thread.ofVirtual().name("ensemble-watch").start(this::follow);
  }

  /// A coordinator keeps asking the member in its own process, whatever it is called elsewhere.
  private static List<String> ownFirst(FarmHome home) {
    try {
      boolean coordinator =
          IdentityFile.roleOf(home.identity().certificate()).equals(Role.COORDINATOR.word());
      return coordinator ? List.of(home.zookeeper().split(",")[0]) : List.of();
    } catch (GeneralSecurityException e) {
      return List.of();
    }
  }

  void listener(Listener interested) {
    listener = interested;
    wake.release();
  }

  private void follow() {
    try {
      while (!closed) {
        boolean _ = wake.tryAcquire(LOOK_ANYWAY_MILLIS, TimeUnit.MILLISECONDS);
        wake.drainPermits();
        look();
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private void look() throws InterruptedException {
    if (!client.getZookeeperClient().isConnected()) {
      return;
    }
    try {
      byte[] data = client.getData().usingWatcher(hint).forPath(path);
      Coordinators known = Znodes.decode(path, data, Coordinators.class);
      if (!known.places().isEmpty()) {
        if (follows) {
          adopt(known);
        }
        tell(known);
      }
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      LOG.debug("where the coordinators are cannot be read just now", e);
    }
  }

  private void tell(Coordinators known) throws Exception {
    Listener interested = listener;
    if (interested != null) {
      interested.places(known);
      if (guest) {
        return;
      }
      byte[] config = client.getConfig().usingWatcher(hint).forEnsemble();
      interested.members(Ensemble.Config.parse(new String(config, StandardCharsets.UTF_8)));
    }
  }

  private void adopt(Coordinators known) throws IOException {
    Set<String> all = new LinkedHashSet<>(first);
    known.places().forEach(place -> all.add(place.zookeeper()));
    String connect = String.join(",", all);
    if (!connect.equals(address.getConnectionString())) {
      LOG.info("the farm's ZooKeeper is {}", connect);
      address.setConnectionString(connect);
      home.rememberZookeeper(connect);
    }
  }

  @Override
  public void close() {
    closed = true;
    client.getConnectionStateListenable().removeListener(onConnection);
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
