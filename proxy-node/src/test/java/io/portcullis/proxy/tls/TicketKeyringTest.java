package io.portcullis.proxy.tls;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.portcullis.farm.model.TlsVersion;
import io.portcullis.proxy.Eventually;
import io.portcullis.proxy.TestAuthority;
import io.portcullis.proxy.snapshot.ListenerSnapshot;
import io.portcullis.proxy.snapshot.ServerNames;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TicketKeyringTest {

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

  /// BoringSSL is asked for what it does not have any more.
  private static boolean isGone(OpenSslSessionContext sessions) {
    System.gc();
    try {
      return sessions.stats().number() < 0;
    } catch (NullPointerException gone) {
      return true;
    }
  }

  /// With its private key.
  @Test
  void nobodyKeepsReplacedCertificateInMemory() {
    WeakReference<SslContext> before = new WeakReference<>(published());
    published();
    Eventually.eventually("the replaced certificate is gone", () -> isCollected(before));
  }

  @Test
  void newKeysAreNotGivenToContextsThatAreGone() {
    OpenSslSessionContext before = (OpenSslSessionContext) published().sessionContext();
    published();
    Eventually.eventually("the replaced certificate is gone", () -> isGone(before));
    assertThatCode(() -> node.tickets.use(List.of(TicketKey.of(new byte[TicketKey.BYTES]))))
        .doesNotThrowAnyException();
  }
}
