package io.portcullis.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.model.TlsVersion;
import io.portcullis.proxy.Eventually;
import io.portcullis.proxy.TestAuthority;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;

/// Certificates and ticket keys are replaced while clients of the JDK shake hands without pause.
class ReplacementTest {

  private static final int CLIENTS = 4;
  private static final int REPLACEMENTS = 25;

  private final TestAuthority authority = new TestAuthority("public CA");
  private final TlsNode node = new TlsNode();
  private final AtomicBoolean enough = new AtomicBoolean();
  private final AtomicInteger handshakes = new AtomicInteger();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final Set<X509Certificate> seen = ConcurrentHashMap.newKeySet();

  private void ask(SSLContext context) {
    while (!enough.get()) {
      try (SSLSocket socket =
          (SSLSocket)
              context
                  .getSocketFactory()
                  .createSocket(node.address().getAddress(), node.address().getPort())) {
        socket
            .getOutputStream()
            .write(
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
        String answer =
            new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        if (!answer.startsWith("HTTP/1.1 200")) {
          throw new IOException("answered " + answer);
        }
        seen.add((X509Certificate) socket.getSession().getPeerCertificates()[0]);
        handshakes.incrementAndGet();
      } catch (IOException e) {
        failures.add(e);
      }
    }
  }

  @Test
  void noHandshakeFailsWhileCertificatesAndTicketKeysAreReplaced() throws Exception {
    OwnTicketKeys.start(node.tickets).interrupt();
    node.publish(TlsVersion.TLSv1_2, Map.of("web", authority.issue("web.contoso.com")));
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new TrustsWhoever()}, null);
      clients.add(Thread.ofPlatform().start(() -> ask(context)));
    }
    for (int i = 0; i < REPLACEMENTS; i++) {
      int before = handshakes.get();
      node.publish(TlsVersion.TLSv1_2, Map.of("web", authority.issue("web.contoso.com")));
      OwnTicketKeys.start(node.tickets).interrupt();
      System.gc();
      Eventually.eventually(
          "clients go on", () -> handshakes.get() > before + CLIENTS || !failures.isEmpty());
    }
    enough.set(true);
    for (Thread client : clients) {
      client.join();
    }
    node.close();
    assertThat(failures).isEmpty();
    assertThat(seen).hasSizeGreaterThan(REPLACEMENTS / 2);
  }

  /// The certificate is another one every time; which, is what the test looks at.
  private static final class TrustsWhoever extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

    @Override
    public void checkClientTrusted(
        X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

    @Override
    public void checkServerTrusted(
        X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
