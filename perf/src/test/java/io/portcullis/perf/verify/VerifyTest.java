package io.portcullis.perf.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.server.FreePort;
import io.portcullis.perf.staging.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A pool that is well gives no diagnosis; each way to break it gives its own, and no other.
final class VerifyTest {
  private static Published published;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    published = new Published(directory);
  }

  @AfterAll
  static void stop() throws Exception {
    published.stop();
  }

  @BeforeEach
  void wellAtFirst() throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    for (String url :
        List.of(
            "https://webext01.contoso.com/meet",
            "https://meet.contoso.com/",
            "https://officewebapps01.contoso.com/hosting/discovery")) {
      while (!published.curl(url).startsWith("HTTP/1.1 200")) {
        assertThat(System.nanoTime()).as("still broken: " + url).isLessThan(deadline);
      }
    }
  }

  @AfterEach
  void mend() {
    published.pool.faults().clear();
  }

  @Test
  void aHealthyPoolGetsNoDiagnosis() throws IOException {
    Published.Said said = published.verify("https");

    assertThat(said.exit()).as(said.out()).isZero();
    assertThat(said.out())
        .containsPattern("V1 +dir1\\.contoso\\.local")
        .containsPattern("V17 +edge1 +NTLM on webext01")
        .containsPattern("\\d+ checks: \\d+ fine, 0 failed")
        .doesNotContain("->");
    assertThat(published.verify("https", "-o", "json").diagnoses()).isEmpty();
  }

  @Test
  void everyCheckOfTheProcedureIsMade() throws IOException {
    List<String> checks =
        published
            .verify("https", "-o", "json", "--held", "/slow/1")
            .json()
            .get("findings")
            .findValuesAsText("check");

    for (int i = 1; i <= 18; i++) {
      assertThat(checks).contains("V" + i);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SAN_LACKS_NAME, member-name-missing",
    "CHAIN_INCOMPLETE, member-chain-incomplete",
    "UNTRUSTED_CA, member-untrusted",
    "EXPIRED_CERTIFICATE, member-expired",
    "NOT_FOR_SERVERS, member-not-for-servers",
    "INTERNAL_SITE, internal-site",
    "PORTS_SWAPPED, ports-swapped",
    "HOST_REWRITTEN, host-lost",
    "WRONG_SITE, wrong-site",
    "SIP_DOWN, sip-refused",
    "UCWA_REFUSING, ucwa-refusing",
    "WEB_TICKETS_REFUSING, web-tickets-refusing",
    "MCX_MISSING, mcx-missing",
    "MCX_REFUSING, mcx-refusing",
    "BUSY, pool-busy",
    "NTLM_BROKEN, ntlm-broken",
    "AUTHENTICATION_OFF, no-challenge",
    "DISCOVERY_TO_HTTPS, discovery-redirected",
    "UNPUBLISHED_LINK, unpublished-link",
    "TICKET_URL_MISSING, ticket-url-missing",
    "CHALLENGES_MERGED, challenges-merged",
    "CLOCK_SKEW, clock-skew",
    "IDLE_CUT, idle-cut",
    "OFFICE_LINKS_INTERNAL, office-links-internal"
  })
  void eachSabotageGetsItsOwnDiagnosisAndNoOther(Fault fault, String diagnosis) throws IOException {
    published.pool.faults().set(fault, true);
    if (fault == Fault.SIP_DOWN) {
      published.awaitSipDown();
    }

    Published.Said said =
        fault == Fault.IDLE_CUT
            ? published.verify("https", "-o", "json", "--held", "/slow/2")
            : published.verify("https", "-o", "json");

    assertThat(said.exit()).isEqualTo(1);
    assertThat(said.diagnoses()).as(said.out()).containsExactly(diagnosis);
  }

  @Test
  void aDiagnosisIsToldOnceWithTheNextStep() {
    published.pool.faults().set(Fault.UCWA_REFUSING, true);

    Published.Said said = published.verify("https");

    assertThat(said.exit()).isEqualTo(1);
    assertThat(said.out())
        .containsOnlyOnce("\nucwa-refusing: fe1.contoso.local, /ucwa/oauth/v1/applications: 503")
        .contains("\n  -> recycle the UCWA application pool (LyncUcwa) on the server\n");
  }

  @Test
  void aMemberWhoseUcwaRefusesBehindALiveIisIsTakenOut() throws Exception {
    published.pool.faults().set(Fault.UCWA_REFUSING, true);

    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!published.curl("https://webext01.contoso.com/meet").startsWith("HTTP/1.1 503")) {
      assertThat(System.nanoTime()).as("still in").isLessThan(deadline);
    }
    assertThat(published.verify("https", "-o", "json").diagnoses())
        .containsExactly("ucwa-refusing");
  }

  @Test
  void aFloorThatTheServersDoNotReachIsATlsVersion() throws IOException {
    published.pool.faults().set(Fault.TLS12_ONLY, true);
    published.write(
        "floor.yaml",
        published
            .document()
            .replace(
                "trustFile: pool/pool-ca.pem}",
                "trustFile: pool/pool-ca.pem, minVersion: TLSv1.3}"));

    assertThat(diagnosesOf("floor.yaml")).containsExactly("member-tls-version");
  }

  @Test
  void theFarmsOwnAddressAsMemberIsALoop() throws IOException {
    String document = published.document();
    int fe = published.pool.members().get(1).https().getPort();
    published.write(
        "loop.yaml",
        document.replace("{https: " + fe + ",", "{https: " + published.port("https") + ","));

    assertThat(diagnosesOf("loop.yaml")).containsExactly("own-address");
  }

  @Test
  void aMemberPortWhereNothingListensIsRefused() throws IOException {
    int fe = published.pool.members().get(1).https().getPort();
    published.write(
        "closed.yaml",
        published.document().replace("{https: " + fe + ",", "{https: " + closed() + ","));

    assertThat(diagnosesOf("closed.yaml")).containsExactly("member-refused");
  }

  @Test
  void aNameThatTheCertificateLacksIsNamed() throws IOException {
    published.write(
        "name.yaml",
        published.document().replace("dialin: dialin.contoso.com", "dialin: lost.contoso.com"));

    assertThat(diagnosesOf("name.yaml")).containsExactly("public-name-missing");
  }

  @Test
  void aNameThatTheNodeDoesNotServeIsNotPublished() throws IOException {
    published.write(
        "more.yaml",
        published
            .document()
            .replace("[meet.contoso.com]", "[meet.contoso.com, extra.contoso.com]"));

    assertThat(diagnosesOf("more.yaml")).containsExactly("not-published");
  }

  @Test
  void aListenerWithoutItsIntermediateIsSaidSo() throws IOException {
    assertThat(published.verify("nochain", "-o", "json").diagnoses())
        .containsExactly("public-chain-incomplete");
  }

  @Test
  void aListenerWithAnEndedCertificateIsSaidSo() throws IOException {
    assertThat(published.verify("ended", "-o", "json").diagnoses())
        .containsExactly("public-expired");
  }

  @Test
  void aPublicRootThatNobodyTrustsIsSaidSo() throws IOException {
    assertThat(
            published
                .verifyFile("farm.yaml", "other-ca.pem", published.port("https"), "-o", "json")
                .diagnoses())
        .containsExactly("public-chain-incomplete");
  }

  @Test
  void aClearPortGivenAsTlsIsSaidSo() throws IOException {
    assertThat(published.verify("http", "-o", "json").diagnoses())
        .containsExactly("public-not-tls");
  }

  @Test
  void aNodeThatDoesNotListenIsRefused() throws IOException {
    Published.Said said =
        published.verifyFile("farm.yaml", "public-ca.pem", closed(), "-o", "json");

    assertThat(said.diagnoses()).containsExactly("entrance-refused");
    assertThat(said.exit()).isEqualTo(1);
  }

  @Test
  void watchingShowsTheTimeAndEndsQuietly() {
    Published.Said said = published.verify("https", "--watch", "--interval", "1s");

    assertThat(said.exit()).isZero();
    assertThat(said.out()).containsPattern("^\\d{4}-\\d\\d-\\d\\dT").contains("0 failed");
  }

  private List<String> diagnosesOf(String file) throws IOException {
    Published.Said said =
        published.verifyFile(file, "public-ca.pem", published.port("https"), "-o", "json");
    assertThat(said.err()).isEmpty();
    return said.diagnoses();
  }

  private static int closed() throws IOException {
    return FreePort.one();
  }
}
