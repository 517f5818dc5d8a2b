package io.portcullis.farm;

import static io.portcullis.farm.Bench.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.api.client.AdminClient;
import io.portcullis.farm.api.wire.CertificateOrder;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.codec.IssuedCertificate;
import io.portcullis.farm.codec.PemCertificates;
import io.portcullis.farm.identity.Role;
import io.portcullis.farm.model.Problem;
import io.portcullis.farm.server.FreePort;
import io.portcullis.farm.store.FarmStore;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A coordinator that orders certificates from a real ACME authority.
class AcmeTest {
  @TempDir Path directory;
  private Bench bench;
  private AdminClient operator;
  private FarmStore store;
  private ProvingNode node;
  private Map<String, String> files;
  private PebbleServer pebble;

  @BeforeEach
  void start() throws Exception {
    bench = Bench.start(directory);
    operator = bench.operator();
    store = FarmStore.connect(bench.home());
    node = new ProvingNode(FarmStore.connect(bench.homeOf(Role.NODE, "n1")), "n1");
    files = bench.files("127.0.0.1");
    pebble = PebbleServer.start(directory, files, node.port());
  }

  @AfterEach
  void stop() {
    pebble.close();
    node.close();
    store.close();
    operator.close();
    bench.close();
  }

  private static String document(String authority, String names, String more) {
    return """
    farm: contoso-edge
    listeners:
      - {name: https, bind: "0.0.0.0:443", tls: {certificates: [contoso]}}
      - {name: http, bind: "0.0.0.0:80"}
    certificates:
      - name: contoso
        acme: {directory: "%s", names: [%s], trustFile: root.pem, agreeToTerms: true%s}
    rules:
      - {name: web, listener: https, publicNames: [%s], respond: 200}
      - {name: to-https, listener: http, publicNames: ["*"], redirect: https}
    """
        .formatted(authority, names, more, names);
  }

  private Wire.ApplyResponse apply(String document) throws Exception {
    Wire.ApplyResponse answer =
        operator.apply(new Wire.ApplyRequest(document, files, null, "test"), false);
    assertThat(answer.accepted()).as("%s", answer.problems()).isTrue();
    return answer;
  }

  private CertificateOrder order() throws Exception {
    return operator.status().orders().getFirst();
  }

  private List<X509Certificate> served() throws Exception {
    return PemCertificates.read(store.certificates().newest("contoso").orElseThrow().chainPem());
  }

  private void awaitVersion(int version) throws Exception {
    eventually(() -> order().version() == version);
  }

  @Test
  void whatADocumentOrdersIsProvedIssuedAndPublished() throws Exception {
    Wire.ApplyResponse applied =
        apply(document(pebble.directory(), "web.contoso.com, MEET.contoso.com", ""));
    assertThat(applied.problems())
        .extracting(Problem::message)
        .anyMatch(said -> said.contains("until it is there, clients meet a self-signed one"));

    awaitVersion(1);
    assertThat(PemCertificates.names(served().getFirst()))
        .containsExactlyInAnyOrder("web.contoso.com", "meet.contoso.com");
    assertThat(served().getFirst().getPublicKey().getAlgorithm()).isEqualTo("RSA");
    assertThat(served()).hasSizeGreaterThan(1);
    assertThat(node.answered()).isPositive();

    assertThat(store.revisions().newest().orElseThrow())
        .satisfies(revision -> {
          assertThat(revision.number()).isEqualTo(2);
          assertThat(revision.author()).isEqualTo("the farm");
          assertThat(revision.reason()).startsWith("certificate contoso version 1, good until");
        });
    eventually(() -> node.challenges().answers().isEmpty());
    assertThat(store.acme().names()).as("nothing waits any more").isEmpty();
    assertThat(order().renewal()).isAfter(Instant.now());
    assertThat(operator.certificates().orders()).containsExactly(order());
    assertThat(store.audit().list(10))
        .anyMatch(entry -> entry.what().contains("contoso, version 1, was issued by https://127"));

    assertThat(
            apply(document(pebble.directory(), "web.contoso.com, MEET.contoso.com", ""))
                .unchanged())
        .as("the same document again")
        .isTrue();
  }

  @Test
  void anotherNameAnotherKeyAndTheLastThirdOfItsLifeOrderAnew() throws Exception {
    apply(document(pebble.directory(), "web.contoso.com", ""));
    awaitVersion(1);

    apply(document(pebble.directory(), "web.contoso.com, meet.contoso.com", ""));
    awaitVersion(2);
    assertThat(PemCertificates.names(served().getFirst())).contains("meet.contoso.com");

    apply(document(pebble.directory(), "web.contoso.com, meet.contoso.com", ", key: ecdsa"));
    awaitVersion(3);
    assertThat(served().getFirst().getPublicKey().getAlgorithm()).isEqualTo("EC");

    Instant renewal = order().renewal();
    assertThat(renewal)
        .isEqualTo(
            IssuedCertificate.of(store.certificates().newest("contoso").orElseThrow().chainPem())
                .orElseThrow()
                .renewal());
    bench.clock.advance(
        Duration.between(bench.clock.instant(), renewal).plus(Duration.ofMinutes(1)));
    awaitVersion(4);
    assertThat(pebble.count("Issued certificate serial")).isEqualTo(4);
  }

  @Test
  void anAuthorityThatIsAwayIsLeftAloneLongerEachTime() throws Exception {
    String nobody = "https://127.0.0.1:" + FreePort.one() + "/dir";
    apply(document(nobody, "web.contoso.com", ""));

    eventually(() -> order().failures() == 1);
    CertificateOrder first = order();
    assertThat(first.failure())
        .startsWith(nobody + " cannot be reached: nobody accepts the connection");
    assertThat(Duration.between(bench.clock.instant(), first.nextTry()))
        .isBetween(Duration.ofSeconds(60), Duration.ofSeconds(151));
    assertThat(store.audit().list(10))
        .anyMatch(entry -> entry.what().contains("contoso was not issued by " + nobody));

    bench.clock.advance(Duration.ofSeconds(151));
    eventually(() -> order().failures() == 2);
    assertThat(Duration.between(bench.clock.instant(), order().nextTry()))
        .isBetween(Duration.ofSeconds(180), Duration.ofSeconds(301));

    apply(document(pebble.directory(), "web.contoso.com", ""));
    awaitVersion(1);
    assertThat(order().failures()).as("another document does not wait").isZero();
  }

  @Test
  void whatTheAuthoritySaysIsShown() throws Exception {
    node.answers(proof -> "something else");
    apply(document(pebble.directory(), "web.contoso.com", ""));

    eventually(() -> order().failures() == 1);
    assertThat(order().failure())
        .startsWith("web.contoso.com: ")
        .contains("key authorization file from the server did not match", "(unauthorized)");
    assertThat(store.audit().list(10)).anyMatch(entry -> entry.what().contains("did not match"));
    assertThat(order().version()).isZero();

    node.answers(proof -> proof);
    bench.clock.advance(Duration.ofMinutes(3));
    awaitVersion(1);
  }

  @Test
  void anUnconfirmedRevisionIsNotConfirmedByACertificate() throws Exception {
    apply(document(pebble.directory(), "web.contoso.com", ""));
    awaitVersion(1);
    Wire.ApplyResponse waiting =
        operator.apply(
            new Wire.ApplyRequest(
                document(pebble.directory(), "web.contoso.com, meet.contoso.com", ""),
                files,
                null,
                "",
                new Wire.Care(600, null, false)),
            false);
    assertThat(waiting.accepted()).as("%s", waiting.problems()).isTrue();

    eventually(() -> store.certificates().newest("contoso").orElseThrow().version() == 2);
    eventually(() -> store.acme().names().isEmpty());
    assertThat(operator.status().revision()).isEqualTo(waiting.revision());
    assertThat(operator.status().unconfirmed()).isNotNull();

    operator.confirm();
    bench.clock.advance(Duration.ofMinutes(2));
    awaitVersion(2);
  }
}
