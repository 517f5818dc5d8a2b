package io.portcullis.farm.store;

import io.portcullis.farm.identity.FarmHome;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a coordinator finds out about an ensemble that others run before it relies on it, so that what is wrong has a name and a way out. The
/// way to the farm's place is made if that is allowed; nothing else is written.
public final class GuestCheck {
  private static final Logger LOG = LoggerFactory.getLogger(GuestCheck.class);

  /// An election takes a few seconds.
  private static final long CONNECT_SECONDS = 20;

  private static final int SESSION_MILLIS = 20_000;

  private final FarmHome home;
  private final String chroot;
  private final String servers;
  private final FarmPaths paths;
  private final FarmAcls acls;

  private GuestCheck(FarmHome home) {
    this.home = home;
    chroot = StoreClient.chroot(home.zookeeper());
    servers = home.zookeeper().substring(0, home.zookeeper().length() - chroot.length());
    paths = FarmPaths.of(home.farm());
    acls = new FarmAcls(paths, FarmAcls.GUEST_SCHEME);
  }

  /// What is in the way, and how out.
  ///
  /// @param refused the servers know this identity and do not let it in: it may have been removed
  public record Trouble(String problem, String hint, boolean refused) {}

  /// Something is in the way.
  public static final class Refused extends Exception {
    private final transient Trouble trouble;

    Refused(String problem, String hint, boolean refused) {
      super(problem);
      trouble = new Trouble(problem, hint, refused);
    }

    public Trouble trouble() {
      return trouble;
    }
  }

  /// @throws Refused at the first thing that is in the way
  public static void require(FarmHome home) throws Refused, IOException, InterruptedException {
    GuestCheck check = new GuestCheck(home);
    check.tls();
    check.zookeeper();
  }

  /// One server that answers is enough; what is wrong with others is told.
  private void tls() throws Refused {
    List<ServerTls> looks =
        Arrays.stream(servers.split(",")).map(one -> ServerTls.look(one, home)).toList();
    List<ServerTls> bad = looks.stream().filter(one -> !one.isFine()).toList();
    if (bad.size() == looks.size()) {
      throw new Refused(
          bad.stream().map(ServerTls::problem).distinct().collect(Collectors.joining("; ")),
          bad.stream().map(ServerTls::hint).distinct().collect(Collectors.joining("; ")),
          false);
    }
    bad.forEach(one -> LOG.warn("{} ({})", one.problem(), one.hint()));
  }

  private void zookeeper() throws Refused, IOException, InterruptedException {
    CountDownLatch connected = new CountDownLatch(1);
    ZooKeeper client =
        new ZooKeeper(
            servers,
            SESSION_MILLIS,
            event -> {
              if (event.getState() == KeeperState.SyncConnected) {
                connected.countDown();
              }
            },
            StoreClient.tls(home));
    try {
      if (!connected.await(CONNECT_SECONDS, TimeUnit.SECONDS)) {
        throw new Refused(
            "the ZooKeeper servers %s answer but serve nobody within %d s"
                .formatted(servers, CONNECT_SECONDS),
            "check that a majority of them runs, and that they were restarted since %s is in their trust store"
                .formatted(home.authorityPem()),
            false);
      }
      requireProvider(client);
      boolean founded = isThere(client, chroot + paths.authorityPlan());
      client.addAuthInfo(FarmAcls.GUEST_SCHEME, StoreClient.place(home, paths));
      requireAdmission(client, founded);
      makeWay(client);
    } catch (KeeperException e) {
      throw new Refused(
          "the ZooKeeper servers %s could not be asked: %s".formatted(servers, e.getMessage()),
          "check that a majority of them runs, then start again",
          false);
    } finally {
      client.close();
    }
  }

  /// What may not be looked at is there.
  private static boolean isThere(ZooKeeper client, String path)
      throws KeeperException, InterruptedException {
    try {
      return client.exists(path, false) != null;
    } catch (KeeperException.NoAuthException e) {
      return true;
    }
  }

  /// By a wish that fails in any case: no access list of our scheme is valid without our provider, and no parent is there with it.
  private void requireProvider(ZooKeeper client)
      throws Refused, KeeperException, InterruptedException {
    try {
      String _ =
          client.create(
              chroot + paths.root() + "/none/here", new byte[0], acls.way(), CreateMode.PERSISTENT);
    } catch (KeeperException.InvalidACLException e) {
      throw new Refused(
          "the ZooKeeper servers %s do not have this product's access provider".formatted(servers),
          "on every server: put zookeeper-provider-*.jar (it lies in lib/ of this installation) into ZooKeeper's lib, write"
              + " authProvider.portcullis=io.portcullis.zookeeper.FarmDoor into zoo.cfg, restart it",
          false);
    } catch (KeeperException.NoNodeException e) {
      // As it should be.
    }
  }

  private void requireAdmission(ZooKeeper client, boolean founded)
      throws Refused, KeeperException, InterruptedException {
    try {
      // Behind the servers' answer to who we are.
      boolean _ = isThere(client, "/");
    } catch (KeeperException.AuthFailedException
        | KeeperException.ConnectionLossException
        | KeeperException.SessionClosedRequireAuthException e) {
      String place = chroot + paths.root();
      throw new Refused(
          founded
              ? "the ZooKeeper servers do not let %s %s into %s, where a farm is: that one has another CA, or removed this machine"
                  .formatted("coordinator", home.identity().id(), place)
              : "the server that was asked does not let this farm into %s".formatted(place),
          founded
              ? "join that farm with a token of it, or name another chroot in --zookeeper-connect"
              : "check that every server of %s has the access provider (its log tells whom it refused)"
                  .formatted(servers),
          true);
    }
  }

  private void makeWay(ZooKeeper client) throws Refused, KeeperException, InterruptedException {
    StringBuilder path = new StringBuilder();
    String way = chroot + FarmPaths.ALL_FARMS;
    for (String step : way.substring(1).split("/")) {
      path.append('/').append(step);
      if (!isThere(client, path.toString())) {
        make(client, path.toString());
      }
    }
    if (!isThere(client, chroot + paths.root())) {
      make(client, chroot + paths.root());
    }
  }

  private void make(ZooKeeper client, String path)
      throws Refused, KeeperException, InterruptedException {
    boolean own = path.equals(chroot + paths.root());
    List<ACL> access = own ? acls.getAclForPath(paths.root()) : acls.way();
    try {
      String _ = client.create(path, new byte[0], access, CreateMode.PERSISTENT);
      LOG.info("made {} in the ensemble {}", path, servers);
    } catch (KeeperException.NodeExistsException e) {
      // Another coordinator was faster.
    } catch (KeeperException.NoAuthException e) {
      String parent = path.substring(0, Math.max(1, path.lastIndexOf('/')));
      throw new Refused(
          "%s is not there, and this farm may not make it".formatted(path),
          path.startsWith(chroot + "/")
              ? "whoever runs the ensemble types in zkCli.sh: setAcl %s portcullis:coordinators:cr"
                  .formatted(parent)
              : "whoever runs the ensemble types in zkCli.sh: create %s \"\" portcullis:coordinators:cr"
                  .formatted(path),
          false);
    }
  }
}
