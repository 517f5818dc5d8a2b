package io.portcullis.proxy.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.farm.model.TlsVersion;
import io.portcullis.farm.server.FreePort;
import io.portcullis.proxy.Eventually;
import io.portcullis.proxy.TestAuthority;
import io.portcullis.proxy.Warnings;
import io.portcullis.proxy.snapshot.ServerIdentity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Stapling with a real responder, `openssl ocsp`.
class StaplingTest {

  @TempDir private Path directory = Path.of("");

  private final TestAuthority authority = new TestAuthority("issuing CA");
  private final TlsNode node = new TlsNode();

  @AfterEach
  void stop() {
    node.close();
  }

  private TestAuthority.Issued issued(int port) {
    TestAuthority.Issued leaf =
        authority.issueWithResponder(
            "http://127.0.0.1:" + port, Instant.now().plus(Duration.ofDays(1)), "web.contoso.com");
    return new TestAuthority.Issued(leaf.chain() + authority.certificate(), leaf.key());
  }

  private static X509Certificate leaf(TestAuthority.Issued issued) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(issued.chain().getBytes(StandardCharsets.US_ASCII)));
  }

  /// @param state V for good, R for revoked, in the words of the `openssl ca` index
  private Peer responder(int port, TestAuthority.Issued issued, String state) throws Exception {
    Files.writeString(directory.resolve("ca.pem"), authority.certificate());
    Files.writeString(directory.resolve("ca.key"), authority.key());
    String revoked = state.equals("R") ? "250101000000Z" : "";
    Files.writeString(
        directory.resolve("index.txt"),
        "%s\t391231235959Z\t%s\t%016X\tunknown\t/CN=web.contoso.com\n"
            .formatted(state, revoked, leaf(issued).getSerialNumber()));
    Peer peer =
        new Peer(
            "openssl",
            "ocsp",
            "-port",
            Integer.toString(port),
            "-index",
            directory.resolve("index.txt").toString(),
            "-CA",
            directory.resolve("ca.pem").toString(),
            "-rsigner",
            directory.resolve("ca.pem").toString(),
            "-rkey",
            directory.resolve("ca.key").toString(),
            "-nmin",
            "60");
    peer.said("waiting for OCSP client connections");
    return peer;
  }

  private ServerIdentity identity() {
    return Objects.requireNonNull(
            Objects.requireNonNull(node.current.current().listener(TlsNode.LISTENER)).names())
        .all()
        .getFirst();
  }

  private boolean hasStaple() {
    return OcspStapler.staple(identity().context()) != null;
  }

  private String ask(String version) {
    return OpenSsl.client(node.address(), "", "-status", version);
  }

  @Test
  void theRespondersWordIsStapledAndSurvivesAPublish() throws Exception {
    int port = FreePort.one();
    TestAuthority.Issued issued = issued(port);
    try (Peer _ = responder(port, issued, "V");
        OcspStapler stapler = OcspStapler.start()) {
      node.publish(TlsVersion.TLSv1_2, Map.of("web", issued));
      assertThat(ask("-tls1_3")).contains("OCSP response: no response sent");
      stapler.follow(node.current.current());
      Eventually.eventually("a staple is there", this::hasStaple);
      for (String version : List.of("-tls1_2", "-tls1_3")) {
        assertThat(ask(version))
            .contains("OCSP Response Status: successful")
            .contains("Cert Status: good");
      }
      assertThat(OpenSsl.client(node.address(), "")).doesNotContain("OCSP Response Status");
      node.publish(TlsVersion.TLSv1_2, Map.of("web", issued));
      assertThat(ask("-tls1_3")).contains("Cert Status: good");
    }
  }

  @Test
  void aRevokedCertificateIsNotStapledAndStillServes() throws Exception {
    int port = FreePort.one();
    TestAuthority.Issued issued = issued(port);
    AtomicInteger answers = new AtomicInteger();
    OcspResponder http = OcspResponder.overHttp();
    OcspResponder counting =
        (where, question) -> {
          byte[] answer = http.ask(where, question);
          answers.incrementAndGet();
          return answer;
        };
    try (Peer _ = responder(port, issued, "R");
        OcspStapler stapler = new OcspStapler(Clock.systemUTC(), counting)) {
      node.publish(TlsVersion.TLSv1_2, Map.of("web", issued));
      stapler.follow(node.current.current());
      Eventually.eventually("the responder has answered", () -> answers.get() > 0);
      assertThat(hasStaple()).isFalse();
      assertThat(ask("-tls1_3")).contains("no response sent").contains("Cipher is TLS_AES");
    }
  }

  @Test
  void aResponderThatIsAwayCostsNothingButTheStaple() throws Exception {
    TestAuthority.Issued issued = issued(1);
    AtomicInteger asked = new AtomicInteger();
    OcspResponder away =
        (_, _) -> {
          asked.incrementAndGet();
          // As of Java's HTTP client, without a message.
          throw new ConnectException();
        };
    try (Warnings warnings = new Warnings();
        OcspStapler stapler = new OcspStapler(Clock.systemUTC(), away)) {
      node.publish(TlsVersion.TLSv1_2, Map.of("web", issued));
      stapler.follow(node.current.current());
      Eventually.eventually("it was asked", () -> asked.get() == 1);
      assertThat(ask("-tls1_3")).contains("no response sent").contains("Cipher is TLS_AES");
      Eventually.eventually(
          "the log says why",
          () ->
              warnings.said().stream()
                  .anyMatch(said -> said.contains(": java.net.ConnectException; asking again")));
    }
  }

  @Test
  void anAnswerIsNotShownAnyMoreWhenItHasExpired() throws Exception {
    int port = FreePort.one();
    TestAuthority.Issued issued = issued(port);
    AtomicInteger asked = new AtomicInteger();
    AtomicReference<Instant> time = new AtomicReference<>(Instant.now());
    OcspResponder http = OcspResponder.overHttp();
    OcspResponder once =
        (where, question) -> {
          if (asked.incrementAndGet() > 1) {
            throw new IOException("refused");
          }
          return http.ask(where, question);
        };
    InstantSource clock = time::get;
    try (Peer _ = responder(port, issued, "V");
        OcspStapler stapler = new OcspStapler(clock.withZone(ZoneOffset.UTC), once)) {
      node.publish(TlsVersion.TLSv1_2, Map.of("web", issued));
      stapler.follow(node.current.current());
      Eventually.eventually("a staple is there", this::hasStaple);
      // It is good for an hour at most. The next try would be two minutes after this one.
      Instant stapled = Instant.now();
      time.set(stapled.plus(Duration.ofMinutes(59)));
      stapler.follow(node.current.current());
      Eventually.eventually("it is asked again", () -> asked.get() == 2);
      assertThat(hasStaple()).isTrue();
      time.set(stapled.plus(Duration.ofMinutes(60)).plusSeconds(30));
      Eventually.eventually(
          "the answer is not shown",
          () -> {
            stapler.follow(node.current.current());
            return !hasStaple();
          });
    }
  }

  /// Its thread would be stuck, and with it the certificates of every later publish.
  @Test
  @Timeout(60)
  void aResponderThatStopsInTheMiddleOfItsAnswerIsGivenUp() throws Exception {
    try (ServerSocket door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Socket> held = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(() -> {
            try {
              Socket client = door.accept();
              client
                  .getOutputStream()
                  .write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n".getBytes(US_ASCII));
              held.complete(client);
            } catch (IOException e) {
              held.completeExceptionally(e);
            }
          });
      URI there = URI.create("http://127.0.0.1:" + door.getLocalPort());
      OcspResponder responder = OcspResponder.overHttp(Duration.ofMillis(500));
      assertThatThrownBy(() -> responder.ask(there, new byte[] {1}))
          .isInstanceOf(IOException.class)
          .hasMessage("no whole answer within 500 ms");
      held.get().close();
    }
  }

  @Test
  void answersOfStrangersAreNotShown() throws Exception {
    int port = FreePort.one();
    TestAuthority.Issued issued = issued(port);
    OcspSubject subject =
        new OcspSubject(
            leaf(issued),
            leaf(new TestAuthority.Issued(authority.certificate(), "")),
            URI.create("http://127.0.0.1:" + port));
    byte[] answer;
    try (Peer _ = responder(port, issued, "V")) {
      answer = OcspResponder.overHttp().ask(subject.responder(), subject.request());
    }
    Instant now = Instant.now();
    assertThat(subject.read(answer, now).until()).isAfter(now);

    byte[] forged = answer.clone();
    forged[60] ^= 1;
    assertThatThrownBy(() -> subject.read(forged, now))
        .isInstanceOf(GeneralSecurityException.class);
    assertThatThrownBy(() -> subject.read(answer, now.plus(Duration.ofHours(2))))
        .hasMessageContaining("valid from");
    OcspSubject other = new OcspSubject(leaf(issued(port)), subject.issuer(), subject.responder());
    assertThatThrownBy(() -> other.read(answer, now)).hasMessageContaining("other certificates");
    OcspSubject stranger =
        new OcspSubject(
            subject.leaf(),
            leaf(new TestAuthority.Issued(new TestAuthority("x").certificate(), "")),
            subject.responder());
    assertThatThrownBy(() -> stranger.read(answer, now)).hasMessageContaining("not signed");
    assertThatThrownBy(() -> subject.read(new byte[] {1, 2, 3}, now))
        .isInstanceOf(GeneralSecurityException.class);
  }
}
