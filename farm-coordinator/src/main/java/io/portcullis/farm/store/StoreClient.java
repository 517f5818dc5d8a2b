package io.portcullis.farm.store;

import io.portcullis.farm.identity.FarmHome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.imps.CuratorFrameworkState;
import org.apache.curator.retry.BoundedExponentialBackoffRetry;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.client.ZKClientConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The connection to ZooKeeper: to the members in our coordinators, or to servers that others run.
final class StoreClient {
  private static final Logger LOG = LoggerFactory.getLogger(StoreClient.class);

  /// A node that is silent for this long is shown as gone; ten times ZooKeeper's tick, so a GC pause is not.
  private static final int SESSION_TIMEOUT_MILLIS = 20_000;

  /// Per server, TLS handshake included.
  private static final int CONNECTION_TIMEOUT_MILLIS = 5_000;

  /// Three more tries within about a second bridge a leader change seen from afar, without hiding an outage.
  private static final BoundedExponentialBackoffRetry RETRY =
      new BoundedExponentialBackoffRetry(100, 1_000, 3);

  /// Closing waits no longer for background work than a stop script would.
  private static final int CLOSE_WAIT_MILLIS = 2_000;

  /// Who is refused by servers that others run tries again: it may join anew, and a server may have lacked our provider.
  private static final Duration AFTER_REFUSAL = Duration.ofSeconds(5);

  private StoreClient() {}

  static CuratorFramework start(
      FarmHome home, EnsembleAddress address, FarmAcls acls, FarmPaths paths) {
    CuratorFrameworkFactory.Builder builder =
        CuratorFrameworkFactory.builder()
            .ensembleProvider(address)
            .zkClientConfig(tls(home))
            .sessionTimeoutMs(SESSION_TIMEOUT_MILLIS)
            .connectionTimeoutMs(CONNECTION_TIMEOUT_MILLIS)
            .maxCloseWaitMs(CLOSE_WAIT_MILLIS)
            .retryPolicy(RETRY)
            .aclProvider(acls)
            // A TLS-only ensemble's configuration names no client addresses that a tracker could
            // use; EnsembleWatch follows them instead.
            .ensembleTracker(false)
            .dontUseContainerParents();
    if (home.isGuest()) {
      builder.authorization(FarmAcls.GUEST_SCHEME, place(home, paths));
    }
    CuratorFramework client = builder.build();
    client
        .getConnectionStateListenable()
        .addListener((_, state) ->
            LOG.info(
                "ZooKeeper at {}: {}",
                address.getConnectionString(),
                state.name().toLowerCase(Locale.ROOT)));
    tryAgainAfterRefusals(client, address);
    client.start();
    return client;
  }

  /// The farm's place as servers see it, who know nothing of a client's chroot.
  static byte[] place(FarmHome home, FarmPaths paths) {
    return (chroot(home.zookeeper()) + paths.root()).getBytes(StandardCharsets.UTF_8);
  }

  /// What is behind the servers of a connect string; empty if nothing is.
  static String chroot(String connect) {
    int slash = connect.indexOf('/');
    return slash < 0 ? "" : connect.substring(slash);
  }

  /// ZooKeeper's client gives up for good where it is refused.
  private static void tryAgainAfterRefusals(CuratorFramework client, EnsembleAddress address) {
    AtomicBoolean waiting = new AtomicBoolean();
    client
        .getCuratorListenable()
        .addListener((_, event) -> {
          if (event.getWatchedEvent() != null
              && event.getWatchedEvent().getState() == KeeperState.AuthFailed
              && waiting.compareAndSet(false, true)) {
            LOG.warn(
                "the servers at {} refuse this identity; trying again in {} s",
                address.getConnectionString(),
                AFTER_REFUSAL.toSeconds());
            Thread.ofVirtual()
                .name("after-refusal")
                .start(() -> {
                  LockSupport.parkNanos(AFTER_REFUSAL.toNanos());
                  waiting.set(false);
                  connectAnew(client);
                });
          }
        });
  }

  private static void connectAnew(CuratorFramework client) {
    try {
      if (client.getState() == CuratorFrameworkState.STARTED) {
        client.getZookeeperClient().reset();
      }
    } catch (Exception e) {
      LOG.warn("no new connection to ZooKeeper: {}", e.toString());
    }
  }

  /// Mutual TLS under one CA only, the farm's or that of the servers that others run; a server's certificate must name the host that was
  /// asked for, which of the farm's only a coordinator's does.
  static ZKClientConfig tls(FarmHome home) {
    ZKClientConfig config = new ZKClientConfig();
    config.setProperty(ZKClientConfig.SECURE_CLIENT, "true");
    config.setProperty(
        ZKClientConfig.ZOOKEEPER_CLIENT_CNXN_SOCKET, "org.apache.zookeeper.ClientCnxnSocketNetty");
    config.setProperty(ZKClientConfig.ENABLE_CLIENT_SASL_KEY, "false");
    config.setProperty("zookeeper.ssl.keyStore.location", home.identityPem().toString());
    config.setProperty("zookeeper.ssl.keyStore.type", "PEM");
    config.setProperty(
        "zookeeper.ssl.trustStore.location",
        (home.isGuest() ? home.ensemblePem() : home.authorityPem()).toString());
    config.setProperty("zookeeper.ssl.trustStore.type", "PEM");
    config.setProperty("zookeeper.ssl.protocol", "TLSv1.3");
    config.setProperty("zookeeper.ssl.enabledProtocols", "TLSv1.3");
    config.setProperty("zookeeper.ssl.hostnameVerification", "true");
    config.setProperty("zookeeper.fips-mode", "false");
    return config;
  }
}
