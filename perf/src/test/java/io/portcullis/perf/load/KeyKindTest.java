package io.portcullis.perf.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.perf.staging.LabAuthority;
import io.portcullis.perf.staging.ServerIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server that has an RSA and an ECDSA certificate for one name, and says which it showed.
class KeyKindTest {

  private static final String NAME = "webext01.contoso.com";

  @TempDir private Path directory;
  private final Queue<String> shown = new ConcurrentLinkedQueue<>();
  private SSLServerSocket server;
  private Path trust;

  @BeforeEach
  void serve() throws Exception {
    LabAuthority authority = LabAuthority.createRsa("an authority");
    LabAuthority newer = LabAuthority.create("a newer authority");
    trust =
        Files.writeString(
            directory.resolve("ca.pem"), authority.certificatePem() + newer.certificatePem());
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    for (ServerIdentity identity :
        List.of(authority.issueRsa(List.of(NAME)), newer.issue(List.of(NAME)))) {
      store.setKeyEntry(
          identity.key().getAlgorithm(),
          identity.key(),
          new char[0],
          new Certificate[] {identity.leaf(), identity.ca()});
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance("NewSunX509");
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    server =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  private void accept() {
    try {
      while (true) {
        SSLSocket socket = (SSLSocket) server.accept();
        Thread.ofVirtual().start(() -> answer(socket));
      }
    } catch (IOException e) {
      // closed: the test is over
    }
  }

  private void answer(SSLSocket socket) {
    try (socket) {
      socket.startHandshake();
      X509Certificate mine = (X509Certificate) socket.getSession().getLocalCertificates()[0];
      shown.add(mine.getPublicKey().getAlgorithm());
      byte[] head = new byte[4096];
      int read = socket.getInputStream().read(head);
      if (read > 0) {
        socket
            .getOutputStream()
            .write(
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
      }
    } catch (IOException e) {
      shown.add("refused");
    }
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private LoadResult run(KeyKind key, String model) throws IOException, InterruptedException {
    return run(key, model, Duration.ofMillis(250));
  }

  private LoadResult run(KeyKind key, String model, Duration length)
      throws IOException, InterruptedException {
    Site site = Site.parse("https://" + NAME, "127.0.0.1:" + server.getLocalPort(), null, null);
    return new LoadRun(
            new LoadPlan(
                site,
                model,
                Models.of(model, site, "/", null),
                20,
                false,
                length,
                4,
                Sources.system(),
                Duration.ofSeconds(30),
                1,
                1,
                trust,
                new Offer(key, false)))
        .run(_ -> {});
  }

  @Test
  void theServerMustShowTheKindThatIsAskedFor() throws IOException, InterruptedException {
    assertThat(run(KeyKind.RSA, "tls-full").errors()).isEmpty();
    assertThat(shown).containsExactly("RSA", "RSA", "RSA", "RSA", "RSA");
    shown.clear();
    assertThat(run(KeyKind.ECDSA, "tls-full").errors()).isEmpty();
    assertThat(shown).containsExactly("EC", "EC", "EC", "EC", "EC");
  }

  @Test
  void whatResumesIsToldApartFromFullHandshakes() throws IOException, InterruptedException {
    LoadResult full = run(KeyKind.RSA, "tls-full");
    assertThat(full.operations().keySet()).containsExactly("tls-full");
    // Long enough that one begins after another has its ticket, however late all are.
    LoadResult resumed = run(KeyKind.RSA, "tls-resumed", Duration.ofSeconds(3));
    assertThat(resumed.errors()).isEmpty();
    assertThat(resumed.operations()).containsKeys("tls-resumed", "tls-resumed (full handshake)");
  }

  @Test
  void anotherWordNamesTheTwo() {
    assertThatThrownBy(() -> KeyKind.of("dsa")).hasMessageContaining("rsa, ecdsa");
  }
}
