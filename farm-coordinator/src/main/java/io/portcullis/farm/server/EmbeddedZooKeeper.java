package io.portcullis.farm.server;

import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.IdentityFile;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Properties;
import java.util.function.IntConsumer;
import org.apache.zookeeper.server.embedded.ExitHandler;
import org.apache.zookeeper.server.embedded.ZooKeeperServerEmbedded;
import org.apache.zookeeper.util.ServiceUtils;

/// A member of the farm's ZooKeeper ensemble inside this process: TLS 1.3 only, farm certificates only.
///
/// One per process: ZooKeeper passes part of its configuration through system properties.
public final class EmbeddedZooKeeper implements AutoCloseable {
  /// ZooKeeper's default of 64 MB would be most of a small appliance's data partition before the first revision.
  static final int LOG_STEP_KILOBYTES = 4 << 10;

  /// Transactions between snapshots: a restart replays at most this many.
  private static final int SNAPSHOT_EVERY = 10_000;

  /// The fewest ZooKeeper allows; older ones are purged every hour.
  private static final int SNAPSHOTS_KEPT = 3;

  /// A farm has tens of nodes with one connection each; more than this at one member is a fault or an attack.
  private static final int MAX_CONNECTIONS = 1_000;

  /// An appliance VM with a cold disk starts in seconds; past this something is wrong.
  private static final long START_MILLIS = 60_000;

  static final String TLS = "TLSv1.3";
  static final String PEM = "PEM";

  private final ZooKeeperServerEmbedded server;
  private final MemberList startedFrom;

  private EmbeddedZooKeeper(ZooKeeperServerEmbedded server, MemberList startedFrom) {
    this.server = server;
    this.startedFrom = startedFrom;
  }

  /// @param directory for the ensemble's data, within the state directory
  /// @param bind where clients connect
  /// @param everywhere whether other members may connect to every address of this machine, or only to the listed one
  /// @param onDeath told the exit code if ZooKeeper gives up (it could not write, say); called on a ZooKeeper thread
  public static EmbeddedZooKeeper start(
      Path directory,
      InetSocketAddress bind,
      FarmHome home,
      boolean everywhere,
      IntConsumer onDeath)
      throws StartFailed {
    try {
      Files.createDirectories(directory);
      FirstSnapshot.prepare(directory.resolve("data"));
      MemberList members = MemberList.open(directory);
      forgetOldConfigurations(directory);
      judgeBy(home);
      ZooKeeperServerEmbedded server =
          ZooKeeperServerEmbedded.builder()
              .baseDir(directory)
              .configuration(configuration(members, bind, home, directory, everywhere))
              .exitHandler(ExitHandler.LOG_ONLY)
              .build();
      server.start(START_MILLIS);
      ServiceUtils.setSystemExitProcedure(onDeath::accept);
      return new EmbeddedZooKeeper(server, members);
    } catch (StartFailed e) {
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartFailed("interrupted while ZooKeeper started", "start again", e);
    } catch (Exception e) {
      throw new StartFailed(
          "ZooKeeper did not start in " + directory + ": " + e,
          "see the log above; check that the directory can be written and its disk has room",
          e);
    }
  }

  /// Whom it trusts and what it shows, as the home's files say by now: for every connection made from here on. Clients whose certificate counts
  /// no more are cut off; members stay connected.
  public static void judgeBy(FarmHome home) throws IOException, GeneralSecurityException {
    QuorumTls.use(home);
    FarmAuthentication.trust(IdentityFile.read(home.identityPem()).trust());
  }

  private static Properties configuration(
      MemberList members,
      InetSocketAddress bind,
      FarmHome home,
      Path directory,
      boolean everywhere) {
    Properties zoo = new Properties();
    zoo.put("tickTime", "2000");
    zoo.put("initLimit", "10");
    zoo.put("syncLimit", "5");
    zoo.put("dataDir", directory.resolve("data").toAbsolutePath().toString());
    zoo.put("preAllocSize", Integer.toString(LOG_STEP_KILOBYTES));
    zoo.put("snapCount", Integer.toString(SNAPSHOT_EVERY));
    zoo.put("autopurge.snapRetainCount", Integer.toString(SNAPSHOTS_KEPT));
    zoo.put("autopurge.purgeInterval", "1");
    zoo.put("admin.enableServer", "false");
    zoo.put("standaloneEnabled", "false");
    zoo.put("reconfigEnabled", "true");
    zoo.put("maxCnxns", Integer.toString(MAX_CONNECTIONS));
    zoo.put("secureClientPort", Integer.toString(bind.getPort()));
    zoo.put("secureClientPortAddress", bind.getAddress().getHostAddress());
    zoo.put("serverCnxnFactory", "org.apache.zookeeper.server.NettyServerCnxnFactory");
    zoo.put("authProvider.x509", FarmAuthentication.class.getName());
    // The member in a coordinator's own process obeys it in everything: the list of members is
    // closed to all others at first.
    zoo.put("X509AuthenticationProvider.superUser", "coordinator/" + home.identity().id());
    zoo.put("quorumListenOnAllIPs", Boolean.toString(everywhere));
    zoo.put("enforce.auth.enabled", "true");
    zoo.put("enforce.auth.schemes", "x509");
    // The client port reads the files anew for each connection. With FIPS mode, which is the
    // default, ZooKeeper does not verify the host names of quorum
    // peers.
    zoo.put("fips-mode", "false");
    zoo.put("sslQuorum", "true");
    zoo.put("portUnification", "false");
    tls(zoo, "ssl.", home);
    tls(zoo, "ssl.quorum.", home);
    zoo.put("ssl.quorum.context.supplier.class", QuorumTls.class.getName());
    members.addTo(zoo);
    return zoo;
  }

  private static void tls(Properties zoo, String prefix, FarmHome home) {
    zoo.put(prefix + "keyStore.location", home.identityPem().toAbsolutePath().toString());
    zoo.put(prefix + "keyStore.type", PEM);
    zoo.put(prefix + "trustStore.location", home.authorityPem().toAbsolutePath().toString());
    zoo.put(prefix + "trustStore.type", PEM);
    zoo.put(prefix + "clientAuth", "need");
    zoo.put(prefix + "protocol", TLS);
    zoo.put(prefix + "enabledProtocols", TLS);
    zoo.put(prefix + "hostnameVerification", "true");
  }

  /// ZooKeeper writes a new one, with a random name, at every start.
  private static void forgetOldConfigurations(Path directory) throws IOException {
    try (DirectoryStream<Path> old =
        Files.newDirectoryStream(directory, "zookeeper.configuration*.properties*")) {
      for (Path file : old) {
        Files.delete(file);
      }
    }
  }

  /// ZooKeeper would only log a taken port and go on without clients, so this is asked before anything is written.
  public static void requireFree(InetSocketAddress bind) throws StartFailed {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(bind);
    } catch (IOException e) {
      throw new StartFailed(
          "cannot listen for ZooKeeper clients on %s:%d: %s"
              .formatted(bind.getHostString(), bind.getPort(), e.getMessage()),
          "stop what uses that port (ss -ltnp shows it), or name another with --zookeeper HOST:PORT",
          e);
    }
  }

  /// The list that it started from; the ensemble may have agreed on others since.
  public MemberList startedFrom() {
    return startedFrom;
  }

  @Override
  public void close() {
    ServiceUtils.setSystemExitProcedure(ServiceUtils.LOG_ONLY);
    server.close();
  }
}
