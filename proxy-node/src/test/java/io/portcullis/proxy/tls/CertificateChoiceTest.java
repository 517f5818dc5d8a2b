package io.portcullis.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.model.TlsVersion;
import io.portcullis.proxy.TestAuthority;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Which certificate a client sees, asked with `openssl s_client`.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CertificateChoiceTest {

  private final Instant tomorrow = Instant.now().plus(Duration.ofDays(1));

  private final TestAuthority authority = new TestAuthority("public CA");
  private TlsNode node = new TlsNode();

  @BeforeAll
  void serve() {
    Map<String, TestAuthority.Issued> certificates = new LinkedHashMap<>();
    certificates.put("rsa", authority.issue("RSA", tomorrow, "web.contoso.com"));
    certificates.put("ec", authority.issue("EC", tomorrow, "web.contoso.com"));
    certificates.put("exact", authority.issue("EC", tomorrow, "exact.contoso.com"));
    certificates.put("wildcard", authority.issue("EC", tomorrow, "*.contoso.com"));
    node.publish(TlsVersion.TLSv1_2, certificates);
  }

  @AfterAll
  void stop() {
    node.close();
  }

  private String ask(String... options) {
    return OpenSsl.client(node.address(), "", options);
  }

  private static final String RSA = "Peer signature type: RSA";
  private static final String ECDSA = "Peer signature type: ECDSA";

  @Test
  void exactNameComesBeforeWildcardBeforeDefault() {
    assertThat(ask("-servername", "exact.contoso.com")).contains("CN = exact.contoso.com");
    assertThat(ask("-servername", "EXACT.Contoso.com")).contains("CN = exact.contoso.com");
    assertThat(ask("-servername", "other.contoso.com")).contains("CN = any.contoso.com");
    assertThat(ask("-servername", "a.b.contoso.com")).contains("CN = web.contoso.com");
    assertThat(ask("-servername", "unknown.example")).contains("CN = web.contoso.com");
    assertThat(ask("-noservername")).contains("CN = web.contoso.com");
  }

  @Test
  void clientsThatVerifyBothGetTheEllipticOne() {
    assertThat(ask("-servername", "web.contoso.com", "-tls1_3")).contains(ECDSA);
    assertThat(ask("-servername", "web.contoso.com", "-tls1_2")).contains(ECDSA);
    assertThat(ask("-noservername")).contains(ECDSA);
  }

  @Test
  void clientsThatVerifyOnlyRsaGetTheRsaOne() {
    String[] rsaOnly = {"RSA-PSS+SHA256:RSA+SHA256", "rsa_pss_rsae_sha384"};
    for (String schemes : rsaOnly) {
      assertThat(ask("-servername", "web.contoso.com", "-tls1_3", "-sigalgs", schemes))
          .contains(RSA);
      assertThat(ask("-noservername", "-tls1_3", "-sigalgs", schemes)).contains(RSA);
    }
    assertThat(
            ask(
                "-servername",
                "web.contoso.com",
                "-tls1_2",
                "-cipher",
                "ECDHE-RSA-AES128-GCM-SHA256"))
        .contains(RSA);
    assertThat(ask("-servername", "web.contoso.com", "-tls1_2", "-sigalgs", "RSA+SHA256"))
        .contains(RSA);
    assertThat(ask("-servername", "web.contoso.com", "-tls1_2", "-groups", "X25519:P-384"))
        .contains(RSA);
  }

  @Test
  void clientsThatVerifyOnlyEcdsaGetTheEllipticOne() {
    assertThat(ask("-servername", "web.contoso.com", "-tls1_3", "-sigalgs", "ECDSA+SHA256"))
        .contains(ECDSA);
    assertThat(ask("-noservername", "-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"))
        .contains(ECDSA);
  }
}
