package io.portcullis.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.identity.SelfSigned;
import io.portcullis.farm.model.TlsVersion;
import io.portcullis.proxy.TestAuthority;
import io.portcullis.proxy.snapshot.Proofs;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What `openssl s_client` meets that offers `acme-tls/1` as an ACME authority does.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProofHandshakeTest {

  private static final String REQUEST =
      "GET / HTTP/1.1\r\nHost: web.contoso.com\r\nConnection: close\r\n\r\n";
  private static final String PROOF = "ACME challenge";
  private static final String PROTOCOL = "ALPN protocol: acme-tls/1";

  private final TlsNode node = new TlsNode();
  private final SelfSigned proof;

  ProofHandshakeTest() throws Exception {
    TestAuthority authority = new TestAuthority("root");
    node.publish(
        TlsVersion.TLSv1_2,
        Map.of(
            "web",
            authority.issue("RSA", Instant.now().plus(Duration.ofDays(1)), "web.contoso.com")));
    proof = SelfSigned.proof("web.contoso.com", new byte[32], Instant.now());
  }

  @AfterAll
  void stop() {
    node.close();
  }

  private String ask(String... options) {
    return OpenSsl.client(node.address(), REQUEST, options);
  }

  private void prove() throws Exception {
    node.current.show(
        new Proofs(
            Map.of(),
            Map.of("web.contoso.com", ProofContext.of(proof.certificate(), proof.key()))));
  }

  @Test
  void whileANameIsProvedItsAuthorityMeetsTheProofAndNothingBehindIt() throws Exception {
    prove();
    for (String version : List.of("-tls1_2", "-tls1_3")) {
      assertThat(ask(version, "-servername", "WEB.contoso.com", "-alpn", "acme-tls/1"))
          .contains(PROOF, PROTOCOL)
          .doesNotContain("200 OK");
    }
    assertThat(proof.certificate().getCriticalExtensionOIDs())
        .containsExactly("1.3.6.1.5.5.7.1.31");
  }

  @Test
  void everybodyElseMeetsTheCertificateOfTheListener() throws Exception {
    prove();
    assertThat(ask("-servername", "web.contoso.com")).doesNotContain(PROOF);
    assertThat(ask("-servername", "web.contoso.com", "-alpn", "http/1.1")).doesNotContain(PROOF);
    assertThat(ask("-servername", "other.contoso.com", "-alpn", "acme-tls/1"))
        .doesNotContain(PROOF, PROTOCOL);
    node.current.show(Proofs.NONE);
    assertThat(ask("-servername", "web.contoso.com", "-alpn", "acme-tls/1"))
        .doesNotContain(PROOF, PROTOCOL);
  }
}
