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

/// Follows one small znode for as long as the process lives, and tells what it says at every look, changed or not, with or without
/// the farm: some of it (a drain that has a time) ends by the clock.
///
/// | field | owner | access |
/// |---|---|---|
/// | `known` | the watch thread | plain |
/// | `wake` | anyone | semaphore |
/// | `closed` | whoever closes | volatile |
public final class ZnodeWatch<T> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ZnodeWatch.class);

  /// How late something may end that ends by the clock, and what a watch that never fires may cost.
  private static final Duration LOOK_ANYWAY = Duration.ofSeconds(5);

  /// What the bytes at a place mean.
  @FunctionalInterface
  interface Decoder<T> {
    T decode(String path, byte[] data) throws StoreException;
  }

  private final CuratorFramework client;
  private final String path;
  private final T absent;
  private final Decoder<T> decoder;
  private final Consumer<T> listener;
  private final Semaphore wake = new Semaphore(1);
  private final CuratorWatcher hint = _ -> wake.release();
  private final ConnectionStateListener onConnection = (_, _) -> wake.release();
  private final Thread thread;
  private volatile boolean closed;
  private T known;

  /// @param listener called on the watch's own thread, one call at a time
  ZnodeWatch(
      CuratorFramework client, String path, T absent, Decoder<T> decoder, Consumer<T> listener) {
    this.client = client;
    this.path = path;
    this.absent = absent;
    this.known = absent;
    this.decoder = decoder;
    this.listener = listener;
    client.getConnectionStateListenable().addListener(onConnection);
    thread =
        Thread.ofVirtual()
            .name("watch-" + path.substring(path.lastIndexOf('/') + 1))
            .start(this::follow);
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
      known = decoder.decode(path, data);
    } catch (InterruptedException e) {
      throw e;
    } catch (KeeperException.NoNodeException e) {
      known = absent;
      awaitCreation();
    } catch (Exception e) {
      LOG.warn("{} cannot be read, trying again: {}", path, e.toString());
    }
  }

  /// A watch on what is not there has to be asked for differently.
  private void awaitCreation() throws InterruptedException {
    try {
      if (client.checkExists().usingWatcher(hint).forPath(path) != null) {
        wake.release();
      }
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      LOG.debug("{} is looked at again soon", path, e);
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
