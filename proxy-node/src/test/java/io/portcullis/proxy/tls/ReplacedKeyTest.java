package io.portcullis.proxy.tls;

import io.netty.handler.ssl.SslContext;
import io.portcullis.farm.model.TlsVersion;
import io.portcullis.proxy.Eventually;
import io.portcullis.proxy.TestAuthority;
import io.portcullis.proxy.snapshot.ListenerSnapshot;
import io.portcullis.proxy.snapshot.ServerNames;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReplacedKeyTest {

  private final TestAuthority authority = new TestAuthority("public CA");
  private final TlsNode node = new TlsNode();

  @AfterEach
  void stop() {
    node.close();
  }

  private SslContext published() {
    node.publish(TlsVersion.TLSv1_2, Map.of("web", authority.issue("web.contoso.com")));
    ListenerSnapshot listener =
        Objects.requireNonNull(node.current.current().listener(TlsNode.LISTENER));
    ServerNames names = Objects.requireNonNull(listener.names());
    return names.all().iterator().next().contexts().getFirst();
  }

  private static boolean isCollected(WeakReference<SslContext> context) {
    System.gc();
    return context.get() == null;
  }

  /// With its private key.
  @Test
  void nobodyKeepsReplacedCertificateInMemory() {
    WeakReference<SslContext> before = new WeakReference<>(published());
    published();
    Eventually.eventually("the replaced certificate is gone", () -> isCollected(before));
  }
}
