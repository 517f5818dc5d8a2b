package io.portcullis.farm.server;

import io.portcullis.farm.identity.FarmTrust;
import io.portcullis.farm.identity.IdentityFile;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Predicate;
import javax.net.ssl.X509TrustManager;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.server.ServerCnxn;
import org.apache.zookeeper.server.auth.X509AuthenticationProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets coordinators and nodes of the farm into ZooKeeper, by the role in their certificate; operators use the admin API.
///
/// TLS has checked the chain against the farm CA before this is asked. An identity is `<role>/<id>`; access lists name one
/// of them, or a class: `coordinators`, `members` (coordinators and nodes). ZooKeeper instantiates this by name.
public final class FarmAuthentication extends X509AuthenticationProvider {
  private static final Logger LOG = LoggerFactory.getLogger(FarmAuthentication.class);

  private static final String COORDINATOR = "coordinator/";
  private static final String NODE = "node/";
  private static final Set<String> CLASSES = Set.of("coordinators", "members");

  /// Who is refused although the certificate is the farm's, and who hears of it. There is one embedded server in a process, and ZooKeeper
  /// makes this class's objects, so it is asked here.
  public interface Revoked {
    boolean test(String identity, Instant issued);

    /// Called on ZooKeeper's threads: must not block.
    void refused(String identity, String from);
  }

  private static final Revoked NOBODY =
      new Revoked() {
        @Override
        public boolean test(String identity, Instant issued) {
          return false;
        }

        @Override
        public void refused(String identity, String from) {}
      };

  private static final Set<ServerCnxn> OPEN =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  private static volatile Revoked revoked = NOBODY;

  private static volatile FarmTrust trust = new FarmTrust(List.of());

  public FarmAuthentication() {
    super(new Judge(), null);
  }

  /// What ZooKeeper asks once more after TLS did, so that it knows of a CA that is trusted no more.
  private static final class Judge implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      trust.verify(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("for servers only");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return trust.authorities().toArray(X509Certificate[]::new);
    }
  }

  /// Whose certificates are taken from now on, also on connections that are open.
  static void trust(FarmTrust next) {
    trust = next;
    cut(leaf -> !next.issued(leaf));
  }

  /// From now on, also for connections that are open.
  public static void refuse(Revoked next) {
    revoked = next;
    cut(FarmAuthentication::isRevoked);
  }

  private static void cut(Predicate<X509Certificate> refused) {
    List<ServerCnxn> open;
    synchronized (OPEN) {
      open = List.copyOf(OPEN);
    }
    for (ServerCnxn connection : open) {
      Certificate[] chain = connection.getClientCertificateChain();
      if (chain != null
          && chain.length > 0
          && chain[0] instanceof X509Certificate leaf
          && refused.test(leaf)) {
        LOG.warn("{} is cut off", identity(leaf));
        OPEN.remove(connection);
        connection.close(ServerCnxn.DisconnectReason.CONNECTION_CLOSE_FORCED);
      }
    }
  }

  /// The process begins anew, with another farm perhaps.
  public static void refuseNobody() {
    revoked = NOBODY;
    OPEN.clear();
  }

  private static boolean isRevoked(X509Certificate leaf) {
    return revoked.test(identity(leaf), IdentityFile.issuedAt(leaf));
  }

  @Override
  public KeeperException.Code handleAuthentication(ServerCnxn connection, byte[] data) {
    Certificate[] chain = connection.getClientCertificateChain();
    if (chain == null || chain.length == 0 || !(chain[0] instanceof X509Certificate leaf)) {
      return KeeperException.Code.AUTHFAILED;
    }
    String id = getClientId(leaf);
    if (!isMember(id)) {
      LOG.warn(
          "{} of {} is no member of the farm's state", id, connection.getRemoteSocketAddress());
      return KeeperException.Code.AUTHFAILED;
    }
    if (isRevoked(leaf)) {
      LOG.warn("{} of {} was removed from the farm", id, connection.getRemoteSocketAddress());
      revoked.refused(id, String.valueOf(connection.getRemoteSocketAddress()));
      return KeeperException.Code.AUTHFAILED;
    }
    OPEN.add(connection);
    return super.handleAuthentication(connection, data);
  }

  @Override
  protected String getClientId(X509Certificate certificate) {
    return identity(certificate);
  }

  private static String identity(X509Certificate certificate) {
    return IdentityFile.roleOf(certificate) + "/" + IdentityFile.idOf(certificate);
  }

  @Override
  public boolean matches(String id, String expression) {
    return switch (expression) {
      case "coordinators" -> id.startsWith(COORDINATOR);
      case "members" -> isMember(id);
      default -> id.equals(expression);
    };
  }

  @Override
  public boolean isValid(String expression) {
    return CLASSES.contains(expression) || isMember(expression);
  }

  private static boolean isMember(String id) {
    return id.startsWith(COORDINATOR) || id.startsWith(NODE);
  }
}
