package io.portcullis.zookeeper;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.WeakHashMap;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs.Perms;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.server.DataTree;
import org.apache.zookeeper.server.ServerCnxn;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.auth.ServerAuthenticationProvider;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets coordinators and nodes of farms into an ensemble that others run, each to its own farm's place and nowhere else:
/// `authProvider.portcullis=io.portcullis.zookeeper.FarmDoor`.
///
/// A client of a farm shows its certificate in TLS, then names its farm's place as what it wants to be authenticated for. Access lists of
/// scheme `portcullis` name `coordinators`, `members` (coordinators and nodes) or one `role/id`, and mean that farm's only. Whom a farm
/// removed, and who has a certificate of a CA that it takes no more, is refused when it connects and in every operation, and its
/// open connection ends within moments.
///
/// ZooKeeper makes one of it, by its name; it is called on ZooKeeper's threads. All other schemes stay as they are.
public final class FarmDoor extends ServerAuthenticationProvider {
  private static final Logger LOG = LoggerFactory.getLogger(FarmDoor.class);

  static final String SCHEME = "portcullis";

  private static final long BETWEEN_LOOKS_MILLIS = 1_000;

  private final FarmRecords records = new FarmRecords();

  /// Whoever came in, until its connection is gone.
  private final Map<ServerCnxn, ZooKeeperServer> open =
      Collections.synchronizedMap(new WeakHashMap<>());

  public FarmDoor() {
    Thread guard = new Thread(this::guard, "portcullis-guard");
    guard.setDaemon(true);
    guard.start();
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  /// @param asked the farm's place, from `/` on
  @Override
  public KeeperException.Code handleAuthentication(ServerObjs server, byte @Nullable [] asked) {
    ServerCnxn connection = server.getCnxn();
    String said = asked == null ? "" : new String(asked, StandardCharsets.UTF_8);
    String root = Identity.isPlace(said) ? said : "";
    Identity who = identity(server.getZks(), connection.getClientCertificateChain(), root);
    if (who == null) {
      LOG.warn(
          "{} is refused at {}",
          connection.getRemoteSocketAddress(),
          root.isEmpty() ? "what is no place of a farm" : root);
      return KeeperException.Code.AUTHFAILED;
    }
    if (!records.admits(tree(server.getZks()), who)) {
      LOG.warn(
          "{} of {} was removed from the farm at {}",
          who.name(),
          connection.getRemoteSocketAddress(),
          root);
      return KeeperException.Code.AUTHFAILED;
    }
    open.put(connection, server.getZks());
    connection.addAuthInfo(new Id(SCHEME, who.text()));
    return KeeperException.Code.OK;
  }

  private @Nullable Identity identity(
      ZooKeeperServer server, Certificate @Nullable [] chain, String root) {
    if (root.isEmpty()
        || chain == null
        || chain.length == 0
        || !(chain[0] instanceof X509Certificate)) {
      return null;
    }
    X509Certificate leaf = (X509Certificate) chain[0];
    DataTree tree = tree(server);
    if (isInsideAnother(tree, root)) {
      return null;
    }
    String authority =
        records.isFounded(tree, root) ? records.signer(tree, root, leaf) : shown(chain, leaf);
    return authority == null ? null : Identity.of(leaf, authority, root);
  }

  /// A place below another farm's would have its way through that one.
  private boolean isInsideAnother(DataTree tree, String root) {
    for (int slash = root.lastIndexOf('/'); slash > 0; slash = root.lastIndexOf('/', slash - 1)) {
      if (records.isFounded(tree, root.substring(0, slash))) {
        return true;
      }
    }
    return false;
  }

  /// The CA that a founder brings along; TLS has found the chain good.
  private static @Nullable String shown(Certificate[] chain, X509Certificate leaf) {
    try {
      for (int i = 1; i < chain.length; i++) {
        if (FarmRecords.isSignedBy(leaf, chain[i].getPublicKey())) {
          return FarmRecords.fingerprint(chain[i].getPublicKey());
        }
      }
      return null;
    } catch (GeneralSecurityException e) {
      LOG.error("no fingerprints on this JVM", e);
      return null;
    }
  }

  @Override
  public boolean matches(ServerObjs server, MatchValues asked) {
    Identity who = Identity.parse(asked.getId());
    String path = asked.getPath();
    if (who == null || path == null || !who.isMeant(asked.getAclExpr())) {
      return false;
    }
    // On the way to its place a farm sees who else has one, and makes what is missing.
    int wish = asked.getPerm();
    boolean makesWay = who.isOnTheWay(path) && (wish == Perms.READ || wish == Perms.CREATE);
    return (who.owns(path) || makesWay) && records.admits(tree(server.getZks()), who);
  }

  @Override
  public boolean isAuthenticated() {
    return false;
  }

  @Override
  public boolean isValid(String expression) {
    return Identity.isExpression(expression);
  }

  private static DataTree tree(ZooKeeperServer server) {
    return server.getZKDatabase().getDataTree();
  }

  private void guard() {
    try {
      while (true) {
        Thread.sleep(BETWEEN_LOOKS_MILLIS);
        look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    Map<ServerCnxn, ZooKeeperServer> now;
    synchronized (open) {
      now = new HashMap<>(open);
    }
    for (Map.Entry<ServerCnxn, ZooKeeperServer> one : now.entrySet()) {
      try {
        for (Id id : one.getKey().getAuthInfo()) {
          Identity who = id.getScheme().equals(SCHEME) ? Identity.parse(id.getId()) : null;
          if (who != null && !records.admits(tree(one.getValue()), who)) {
            cut(one.getKey(), one.getValue(), who);
          }
        }
      } catch (RuntimeException e) {
        LOG.warn("{} could not be judged just now", one.getKey(), e);
      }
    }
  }

  /// What it announced goes with its session, not after the session's timeout.
  private void cut(ServerCnxn connection, ZooKeeperServer server, Identity who) {
    LOG.warn("{} of the farm at {} is cut off", who.name(), who.root);
    open.remove(connection);
    server.closeSession(connection.getSessionId());
    connection.close(ServerCnxn.DisconnectReason.CONNECTION_CLOSE_FORCED);
  }
}
