package io.portcullis.farm.store;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.CuratorWatcher;
import org.apache.curator.framework.state.ConnectionStateListener;
import org.apache.zookeeper.KeeperException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows the farm's drains for as long as the process lives, and tells them at every look, changed or not, with or without
/// the farm: a drain that has a time ends by the clock.
///
/// | field | owner | access |
/// |---|---|---|
/// | `known` | the watch thread | plain |
/// | `wake` | anyone | semaphore |
/// | `closed` | whoever closes | volatile |
public final class DrainWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DrainWatch.class);

  /// How late a drain may end, and what a watch that never fires may cost.
  private static final Duration LOOK_ANYWAY = Duration.ofSeconds(5);

  private final CuratorFramework client;
  private final String path;
  private final Consumer<Drains> listener;
  private final Semaphore wake = new Semaphore(1);
  private final CuratorWatcher hint = _ -> wake.release();
  private final ConnectionStateListener onConnection = (_, _) -> wake.release();
  private final Thread thread;
  private volatile boolean closed;
  private Drains known = Drains.NONE;

  /// @param listener called on the watch's own thread, one call at a time
  DrainWatch(CuratorFramework client, FarmPaths paths, Consumer<Drains> listener) {
    this.client = client;
    this.path = paths.drains();
    this.listener = listener;
    client.getConnectionStateListenable().addListener(onConnection);
    thread = Thread.ofVirtual().name("drain-watch").start(this::follow);
  }

  private void follow() {
    try {
      while (!closed) {
        boolean _ = wake.tryAcquire(LOOK_ANYWAY.toMillis(), TimeUnit.MILLISECONDS);
        wake.drainPermits();
        look();
        listener.accept(known);
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
      client.sync().forPath(path);
      byte[] data = client.getData().usingWatcher(hint).forPath(path);
      known = Znodes.decode(path, data, Drains.class);
    } catch (InterruptedException e) {
      throw e;
    } catch (KeeperException.NoNodeException e) {
      known = Drains.NONE;
    } catch (Exception e) {
      LOG.warn("what is drained cannot be read, trying again: {}", e.toString());
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
