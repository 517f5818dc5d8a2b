package io.portcullis.farm.store;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.CuratorWatcher;
import org.apache.curator.framework.state.ConnectionStateListener;
import org.apache.zookeeper.data.Stat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows `config/current` and hands each newer revision to a listener, for as long as the process lives.
///
/// A watch is a hint, the cursor is the truth: the watch, a returned connection and a slow clock all only wake one
/// virtual thread, which syncs, reads the cursor, and delivers if it moved. So a missed or lost watch costs seconds, never a revision. After an absence the first look waits as [Homecoming] says. Only the
/// newest revision is delivered when several were written while nobody looked.
///
/// | field | owner | access |
/// |---|---|---|
/// | `delivered`, `failures` | the watch thread | plain |
/// | `wake` | anyone | semaphore |
/// | `closed` | whoever closes | volatile |
public final class FarmWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FarmWatch.class);

  /// What a watch that never fires may cost: one small read per node in this time.
  static final Duration LOOK_ANYWAY = Duration.ofSeconds(10);

  /// After a failure: soon at first, never more often than the slow clock.
  private static final Duration FIRST_RETRY = Duration.ofMillis(200);

  private static final int MAX_DOUBLINGS = 5;

  /// Called on the watch's own thread, one call at a time.
  public interface Listener {
    /// A newer revision counts. An exception means "not now": the newest is delivered again after a pause.
    void revision(Revision revision) throws Exception;

    /// The farm is within reach and has no revision; told at every look.
    default void empty() throws Exception {}

    /// The connection to ZooKeeper came or went. What was delivered stays valid. Called on Curator's thread: must not block.
    default void connected(boolean connected) {}
  }

  private final CuratorFramework client;
  private final FarmPaths paths;
  private final Revisions revisions;
  private final Listener listener;
  private final Semaphore wake = new Semaphore(1);
  private final CuratorWatcher hint = _ -> wake.release();
  private final ConnectionStateListener onConnection;
  private final Homecoming homecoming;
  private final Thread thread;
  private volatile boolean closed;
  private long delivered;
  private int failures;

  FarmWatch(CuratorFramework client, FarmPaths paths, Revisions revisions, Listener listener) {
    this.client = client;
    this.paths = paths;
    this.revisions = revisions;
    this.listener = listener;
    homecoming = new Homecoming(System::nanoTime, ThreadLocalRandom.current()::nextDouble);
    homecoming.connected(client.getZookeeperClient().isConnected());
    onConnection =
        (_, state) -> {
          homecoming.connected(state.isConnected());
          listener.connected(state.isConnected());
          wake.release();
        };
    client.getConnectionStateListenable().addListener(onConnection);
    thread = Thread.ofVirtual().name("farm-watch").start(this::follow);
  }

  private void follow() {
    try {
      while (!closed) {
        wake.tryAcquire(pause().toMillis(), TimeUnit.MILLISECONDS);
        if (homecoming.waits()) {
          Thread.sleep(homecoming.left());
        }
        wake.drainPermits();
        look();
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private Duration pause() {
    return failures == 0
        ? LOOK_ANYWAY
        : FIRST_RETRY.multipliedBy(1L << Math.min(failures - 1, MAX_DOUBLINGS));
  }

  private void look() throws InterruptedException {
    if (!client.getZookeeperClient().isConnected()) {
      return;
    }
    try {
      long current = readCursor();
      if (current == 0) {
        listener.empty();
      } else if (current != delivered) {
        deliver(current);
      }
      failures = 0;
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      failures++;
      LOG.warn("revision not taken yet, trying again: {}", e.toString());
    }
  }

  private long readCursor() throws Exception {
    client.sync().forPath(paths.current());
    Stat stat = new Stat();
    byte[] data = client.getData().storingStatIn(stat).usingWatcher(hint).forPath(paths.current());
    return Revisions.parse(paths.current(), data, stat).number();
  }

  private void deliver(long number) throws Exception {
    Optional<Revision> revision = revisions.read(number);
    if (revision.isEmpty()) {
      throw new StoreException(
          StoreException.Kind.BAD_DATA, paths.revision(number) + " is missing");
    }
    listener.revision(revision.get());
    delivered = number;
  }

  /// Ends the thread; a delivery that runs is interrupted and waited for.
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
