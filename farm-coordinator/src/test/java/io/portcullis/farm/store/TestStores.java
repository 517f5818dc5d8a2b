package io.portcullis.farm.store;

import io.portcullis.farm.identity.FarmHome;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.Watcher.WatcherType;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ConnectStringParser;
import org.apache.zookeeper.client.StaticHostProvider;

/// What only tests do to a connection.
public final class TestStores {
  private TestStores() {}

  /// At the home's own addresses and no others, such as those of gates.
  public static FarmStore connectOnly(FarmHome home) {
    return FarmStore.connectOnly(home);
  }

  /// What a leader may write, without having been elected: behind a fence that nobody moves.
  public static Leadership leadership(FarmStore store) {
    return store.leadership();
  }

  /// Takes every watch of the connection away, as a lost session does; events until the next look are missed.
  public static void dropWatches(FarmStore store) throws Exception {
    store
        .client()
        .getZookeeperClient()
        .getZooKeeper()
        .removeAllWatches(store.bindingLogPath(), WatcherType.Any, false);
  }

  /// What somebody does at the servers of an ensemble that others run, from `/` on.
  @FunctionalInterface
  public interface Deed {
    void at(ZooKeeper servers) throws Exception;
  }

  /// Without any of a farm's rights.
  public static void atServers(FarmHome home, Deed deed) throws Exception {
    CountDownLatch connected = new CountDownLatch(1);
    ZooKeeper servers =
        new ZooKeeper(
            home.zookeeper().substring(0, home.zookeeper().indexOf('/')),
            20_000,
            event -> {
              if (event.getState() == KeeperState.SyncConnected) {
                connected.countDown();
              }
            },
            StoreClient.tls(home));
    try {
      if (!connected.await(30, TimeUnit.SECONDS)) {
        throw new AssertionError("no connection to " + home.zookeeper());
      }
      deed.at(servers);
    } finally {
      servers.close();
    }
  }

  /// Ends the session of `store` as ZooKeeper would end that of a silent client: another connection takes it over and closes it.
  public static void expireSession(FarmStore store, FarmHome home) throws Exception {
    ZooKeeper victim = store.client().getZookeeperClient().getZooKeeper();
    CountDownLatch connected = new CountDownLatch(1);
    ZooKeeper thief =
        new ZooKeeper(
            home.zookeeper(),
            20_000,
            event -> {
              if (event.getState() == KeeperState.SyncConnected) {
                connected.countDown();
              }
            },
            victim.getSessionId(),
            victim.getSessionPasswd(),
            false,
            new StaticHostProvider(new ConnectStringParser(home.zookeeper()).getServerAddresses()),
            StoreClient.tls(home));
    boolean taken = connected.await(30, TimeUnit.SECONDS);
    thief.close();
    if (!taken) {
      throw new AssertionError("the session was not taken over");
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (store.client().getZookeeperClient().getZooKeeper() == victim) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("the client still has its session");
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }
}
