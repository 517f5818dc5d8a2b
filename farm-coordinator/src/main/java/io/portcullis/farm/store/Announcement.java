package io.portcullis.farm.store;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.state.ConnectionStateListener;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Stat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One ephemeral znode that says what a node does, kept true by a thread of its own.
///
/// The thread wakes for a refresh, for a returned connection, or every five seconds, and then makes the znode what it
/// should be: ours (of this session) and up to date. Whatever was missed or lost meanwhile does not matter.
public final class Announcement implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Announcement.class);

  /// How old the load figures on a status screen may be.
  private static final Duration REFRESH = Duration.ofSeconds(5);

  /// Many refreshes in a row (listeners binding, members going up) become a few writes.
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final CuratorFramework client;
  private final String path;
  private final Supplier<String> report;
  private final Semaphore wake = new Semaphore(1);
  private final ConnectionStateListener onConnection = (_, _) -> wake.release();
  private final Thread thread;
  private volatile boolean closed;

  Announcement(CuratorFramework client, String path, Supplier<String> report) {
    this.client = client;
    this.path = path;
    this.report = report;
    client.getConnectionStateListenable().addListener(onConnection);
    thread = Thread.ofVirtual().name("announce").start(this::keep);
  }

  /// Says soon that something changed. Never blocks.
  public void refresh() {
    wake.release();
  }

  private void keep() {
    try {
      while (!closed) {
        wake.tryAcquire(REFRESH.toMillis(), TimeUnit.MILLISECONDS);
        wake.drainPermits();
        makeTrue();
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private void makeTrue() throws InterruptedException {
    if (!client.getZookeeperClient().isConnected()) {
      return;
    }
    try {
      byte[] said = report.get().getBytes(StandardCharsets.UTF_8);
      Stat stat = client.checkExists().forPath(path);
      if (stat == null) {
        client.create().withMode(CreateMode.EPHEMERAL).forPath(path, said);
      } else if (stat.getEphemeralOwner() != session()) {
        LOG.info("replacing what an earlier session of this node left at {}", path);
        client.delete().withVersion(stat.getVersion()).forPath(path);
        wake.release();
      } else if (!Arrays.equals(said, client.getData().forPath(path))) {
        client.setData().forPath(path, said);
      }
    } catch (InterruptedException e) {
      throw e;
    } catch (KeeperException.NoAuthException e) {
      LOG.warn("the farm does not let this node announce itself at {}", path);
    } catch (Exception e) {
      LOG.debug("announcement at {} waits for ZooKeeper", path, e);
    }
  }

  private long session() throws Exception {
    return client.getZookeeperClient().getZooKeeper().getSessionId();
  }

  /// Stops keeping the report and leaves it where it is, as a killed process does.
  public void abandon() {
    closed = true;
    client.getConnectionStateListenable().removeListener(onConnection);
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Takes the report away, if ZooKeeper can be reached.
  @Override
  public void close() {
    abandon();
    try {
      if (client.getZookeeperClient().isConnected()) {
        client.delete().forPath(path);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      LOG.debug("the announcement at {} goes with its session", path, e);
    }
  }
}
