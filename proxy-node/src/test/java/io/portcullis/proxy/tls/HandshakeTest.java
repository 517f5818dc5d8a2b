package io.portcullis.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.model.TlsVersion;
import io.portcullis.proxy.TestAuthority;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a handshake with `openssl s_client` comes to: versions, chain, and what is not offered.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HandshakeTest {

  private static final String REQUEST = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

  /// OpenSSL itself speaks the old versions only below its first security level.
  private static final String ANY_CIPHER = "ALL:@SECLEVEL=0";

  private final Map<TlsVersion, TlsNode> nodes = new LinkedHashMap<>();

  HandshakeTest() {
    TestAuthority intermediate = new TestAuthority("root").intermediate("intermediate");
    TestAuthority.Issued rsa =
        intermediate.issue(
            "RSA", java.time.Instant.now().plus(java.time.Duration.ofDays(1)), "web.contoso.com");
    for (TlsVersion floor : TlsVersion.values()) {
      TlsNode node = new TlsNode();
      OwnTicketKeys.start(node.tickets).interrupt();
      node.publish(
          floor,
          Map.of(
              "web",
              new TestAuthority.Issued(rsa.chain() + intermediate.certificate(), rsa.key())));
      nodes.put(floor, node);
    }
  }

  @AfterAll
  void stop() {
    nodes.values().forEach(TlsNode::close);
  }

  private String ask(TlsVersion floor, String input, String... options) {
    TlsNode node = nodes.get(floor);
    if (node == null) {
      throw new IllegalArgumentException(floor.word());
    }
    return OpenSsl.client(node.address(), input, options);
  }

  @ParameterizedTest
  @CsvSource({
    "TLSv1, -tls1, TLSv1",
    "TLSv1, -tls1_1, TLSv1.1",
    "TLSv1, -tls1_2, TLSv1.2",
    "TLSv1, -tls1_3, TLSv1.3",
    "TLSv1_1, -tls1, refused",
    "TLSv1_1, -tls1_1, TLSv1.1",
    "TLSv1_2, -tls1_1, refused",
    "TLSv1_2, -tls1_2, TLSv1.2",
    "TLSv1_2, -tls1_3, TLSv1.3",
    "TLSv1_3, -tls1_2, refused",
    "TLSv1_3, -tls1_3, TLSv1.3",
  })
  void listenerSpeaksItsFloorAndWhatIsAboveIt(TlsVersion floor, String option, String outcome) {
    String said = ask(floor, REQUEST, "-ign_eof", option, "-cipher", ANY_CIPHER);
    if (outcome.equals("refused")) {
      assertThat(said).contains("Cipher is (NONE)").contains("alert protocol version");
    } else {
      assertThat(said).containsPattern("Protocol *: " + outcome + "\\b").contains("200 OK");
    }
  }

  @Test
  void rsaKeyExchangeComesOnlyWithALegacyFloor() {
    assertThat(ask(TlsVersion.TLSv1, REQUEST, "-ign_eof", "-tls1_2", "-cipher", "AES128-SHA"))
        .contains("200 OK");
    assertThat(ask(TlsVersion.TLSv1_2, "", "-tls1_2", "-cipher", "AES128-SHA"))
        .contains("Cipher is (NONE)");
  }

  @Test
  void clientsOfWindows7SpeakForwardSecretCbc() {
    assertThat(ask(TlsVersion.TLSv1_2, "", "-tls1_2", "-cipher", "ECDHE-RSA-AES256-SHA"))
        .contains("Cipher is ECDHE-RSA-AES256-SHA");
  }

  @Test
  void wholeChainIsServed() {
    Matcher certificates =
        Pattern.compile("BEGIN CERTIFICATE").matcher(ask(TlsVersion.TLSv1_2, "", "-showcerts"));
    assertThat(certificates.results().count()).isGreaterThanOrEqualTo(2);
    assertThat(ask(TlsVersion.TLSv1_2, "")).contains("CN = intermediate");
  }

  @Test
  void clientsCannotRenegotiate() {
    String said = ask(TlsVersion.TLSv1_2, "R\n", "-tls1_2");
    assertThat(said).contains("RENEGOTIATING").contains("no renegotiation");
  }

  @Test
  void earlyDataIsNotOffered() {
    String said = ask(TlsVersion.TLSv1_2, REQUEST, "-ign_eof", "-tls1_3");
    assertThat(said).contains("TLS session ticket").contains("Max Early Data: 0");
  }

  @Test
  void http2IsNotOfferedUnlessARuleSaysSo() {
    assertThat(ask(TlsVersion.TLSv1_2, "", "-alpn", "h2,http/1.1"))
        .contains("ALPN protocol: http/1.1");
    assertThat(ask(TlsVersion.TLSv1_2, "", "-alpn", "h2")).contains("No ALPN negotiated");
  }

  @Test
  void statusIsSilentWithoutAResponder() {
    assertThat(ask(TlsVersion.TLSv1_2, "", "-status")).contains("OCSP response: no response sent");
  }
}
