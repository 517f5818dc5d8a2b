package io.portcullis.farm.server;

import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.LiveContext;
import java.security.GeneralSecurityException;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.apache.zookeeper.common.X509Exception;
import org.apache.zookeeper.common.X509Util;
import org.jspecify.annotations.Nullable;

/// TLS between the members of the ensemble, with ZooKeeper's own verification of host names both ways. ZooKeeper makes an object of this class
/// by its name, once, and keeps what it supplies; that is why it is a context whose inside can be replaced.
///
/// ZooKeeper can watch the files itself, but says neither when it has read them nor that it could not.
public final class QuorumTls implements Supplier<SSLContext> {
  private static volatile @Nullable LiveContext live;

  /// From now on, for connections that are made then; those that are open stay.
  static void use(FarmHome home) throws GeneralSecurityException {
    SSLContext next = context(home);
    LiveContext known = live;
    if (known == null) {
      live = LiveContext.of(next);
    } else {
      known.use(next);
    }
  }

  private static SSLContext context(FarmHome home) throws GeneralSecurityException {
    try {
      SSLContext context = SSLContext.getInstance(EmbeddedZooKeeper.TLS);
      context.init(
          new KeyManager[] {
            X509Util.createKeyManager(home.identityPem().toString(), "", EmbeddedZooKeeper.PEM)
          },
          new TrustManager[] {
            X509Util.createTrustManager(
                home.authorityPem().toString(),
                "",
                EmbeddedZooKeeper.PEM,
                false,
                false,
                true,
                true,
                true,
                false)
          },
          null);
      return context;
    } catch (X509Exception e) {
      throw new GeneralSecurityException("the identity of this coordinator cannot be read", e);
    }
  }

  @Override
  public SSLContext get() {
    LiveContext known = live;
    if (known == null) {
      throw new IllegalStateException("a member starts before its identity is known");
    }
    return known;
  }
}
