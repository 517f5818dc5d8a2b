package io.portcullis.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.farm.model.TlsVersion;
import io.portcullis.proxy.TestAuthority;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Session tickets, carried from handshake to handshake by `openssl s_client`.
class TicketTest {

  private static final String REQUEST = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  private static final String RESUMED = "Reused, TLS";
  private static final String FULL = "New, TLS";

  @TempDir private Path directory = Path.of("");

  private final Map<String, TestAuthority.Issued> certificates = new LinkedHashMap<>();
  private final TlsNode here = new TlsNode();
  private final TlsNode there = new TlsNode();

  TicketTest() {
    TestAuthority authority = new TestAuthority("public CA");
    certificates.put("web", authority.issue("web.contoso.com"));
    certificates.put("meet", authority.issue("meet.contoso.com"));
    here.publish(TlsVersion.TLSv1_2, certificates);
    there.publish(TlsVersion.TLSv1_2, certificates);
  }

  @AfterEach
  void stop() {
    here.close();
    there.close();
  }

  private static TicketKey key(int seed) {
    byte[] bytes = new byte[TicketKey.BYTES];
    new java.util.Random(seed).nextBytes(bytes);
    return TicketKey.of(bytes);
  }

  private String session(String name) {
    return directory.resolve(name).toString();
  }

  private String first(TlsNode at, String version, String... more) {
    return ask(at, version, "-sess_out", more);
  }

  private String again(TlsNode at, String version, String... more) {
    return ask(at, version, "-sess_in", more);
  }

  private String ask(TlsNode at, String version, String what, String... more) {
    List<String> options =
        new java.util.ArrayList<>(
            List.of(version, "-servername", "web.contoso.com", "-ign_eof", what, session(version)));
    options.addAll(List.of(more));
    return OpenSsl.client(at.address(), REQUEST, options.toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void clientResumesOnAnyNodeThatHasTheKeys(String version) {
    here.tickets.use(List.of(key(1)));
    there.tickets.use(List.of(key(2), key(1)));
    assertThat(first(here, version)).contains(FULL).contains("200 OK");
    assertThat(again(here, version)).contains(RESUMED).contains("200 OK");
    assertThat(again(there, version)).contains(RESUMED).contains("200 OK");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void theFirstKeySealsAndTheOthersStillOpen(String version) {
    here.tickets.use(List.of(key(1)));
    first(here, version);
    here.tickets.use(List.of(key(2), key(1)));
    assertThat(again(here, version)).contains(RESUMED);
    here.tickets.use(List.of(key(3), key(2)));
    assertThat(again(here, version)).contains(FULL).contains("200 OK");

    here.tickets.use(List.of(key(2), key(1)));
    first(here, version);
    there.tickets.use(List.of(key(1)));
    assertThat(again(there, version)).contains(FULL);
    there.tickets.use(List.of(key(2)));
    assertThat(again(there, version)).contains(RESUMED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void sessionOfOneCertificateIsNotResumedUnderAnother(String version) {
    here.tickets.use(List.of(key(1)));
    first(here, version);
    assertThat(again(here, version, "-servername", "meet.contoso.com")).contains(FULL);
    assertThat(again(here, version)).contains(RESUMED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void keysOutliveAPublish(String version) {
    here.tickets.use(List.of(key(1)));
    first(here, version);
    here.publish(TlsVersion.TLSv1_2, certificates);
    assertThat(again(here, version)).contains(RESUMED);
    certificates.put("new", new TestAuthority("other CA").issue("new.contoso.com"));
    here.publish(TlsVersion.TLSv1_2, certificates);
    assertThat(again(here, version)).contains(RESUMED);
  }

  @Test
  void untilKeysComeNoOtherNodeResumes() {
    first(here, "-tls1_3");
    assertThat(again(there, "-tls1_3")).contains(FULL).contains("200 OK");
  }

  @Test
  void nodeKeepsNoSessionsItself() {
    here.tickets.use(List.of(key(1)));
    assertThat(first(here, "-tls1_2", "-no_ticket")).containsPattern("Session-ID: *\n");
  }

  @Test
  void aNodeAloneMakesItsOwnKeysAndReplacesThem() {
    Thread rotation = OwnTicketKeys.start(here.tickets);
    first(here, "-tls1_3");
    assertThat(again(here, "-tls1_3")).contains(RESUMED);
    assertThat(again(there, "-tls1_3")).contains(FULL);
    rotation.interrupt();
  }

  @Test
  void keysAreWholeBoundedAndNeverPrinted() {
    assertThatThrownBy(() -> TicketKey.of(new byte[47])).hasMessageContaining("48 bytes");
    assertThatThrownBy(() -> here.tickets.use(List.of())).hasMessageContaining("1 to 4");
    assertThat(key(1)).hasToString("TicketKey").isEqualTo(key(1)).isNotEqualTo(key(2));
  }
}
