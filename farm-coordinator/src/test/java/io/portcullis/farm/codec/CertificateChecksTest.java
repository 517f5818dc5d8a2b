package io.portcullis.farm.codec;

import static io.portcullis.farm.codec.TestCertificates.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.Problem;
import io.portcullis.farm.model.Severity;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CertificateChecksTest {
  private static final Instant NEXT_YEAR = NOW.plus(Duration.ofDays(365));

  private final TestCertificates root;
  private final TestCertificates issuing;
  private final TestCertificates leaf;

  CertificateChecksTest() throws GeneralSecurityException {
    root = TestCertificates.authority("root");
    issuing = root.intermediate("issuing");
    leaf = issuing.leaf("web", NEXT_YEAR, "webext01.contoso.com", "*.contoso.com");
  }

  private static List<Problem> check(String chain, String key) {
    return CertificateChecks.check("contoso", chain, key, NOW);
  }

  private List<Problem> admit(String chain, KnownRoots roots) {
    return CertificateChecks.admit("contoso", chain, leaf.keyPem(), NOW, roots);
  }

  private static void error(List<Problem> problems, String path, String said) {
    assertThat(problems)
        .singleElement()
        .satisfies(p -> {
          assertThat(p.severity()).isEqualTo(Severity.ERROR);
          assertThat(p.path()).isEqualTo("certificates[contoso]." + path);
          assertThat(p.message()).contains(said);
          assertThat(p.hint()).isNotEmpty();
        });
  }

  @Test
  void aChainWithoutARootIsTakenInOnlyIfTheRootIsKnown() throws GeneralSecurityException {
    KnownRoots none = new KnownRoots(List.of());
    KnownRoots ours = new KnownRoots(List.of(root.certificate()));
    String whole = leaf.pem() + issuing.pem() + root.pem();
    assertThat(admit(whole, none)).isEmpty();
    assertThat(admit(leaf.pem() + issuing.pem(), ours)).isEmpty();
    error(
        admit(leaf.pem() + issuing.pem(), none),
        "chainFile",
        "the certificate of \"CN=root\", which issued \"CN=issuing\", is missing");
    error(
        admit(leaf.pem(), ours),
        "chainFile",
        "the certificate of \"CN=issuing\", which issued \"CN=web\", is missing");
    KnownRoots namesake = new KnownRoots(List.of(TestCertificates.authority("root").certificate()));
    error(admit(leaf.pem() + issuing.pem(), namesake), "chainFile", "is missing");
  }

  @Test
  void aKnownRootThatAForgottenOneCrossSignedEndsAChain() throws GeneralSecurityException {
    TestCertificates forgotten = TestCertificates.authority("forgotten");
    TestCertificates crossed = forgotten.crossSigned(issuing);
    String chain = leaf.pem() + crossed.pem();
    assertThat(admit(chain, new KnownRoots(List.of(root.certificate()))))
        .singleElement()
        .matches(Problem::isError);
    TestCertificates rooted = TestCertificates.authority(issuing);
    assertThat(admit(chain, new KnownRoots(List.of(rooted.certificate())))).isEmpty();
  }

  @Test
  void theRootsOfThisMachineAreMany() {
    assertThat(KnownRoots.ofThisMachine().count()).isGreaterThan(50);
  }

  @Test
  void aWholeChainWithItsKeyIsFine() {
    assertThat(check(leaf.pem() + issuing.pem() + root.pem(), leaf.keyPem())).isEmpty();
  }

  @Test
  void keysInOlderShapesAreRead() throws GeneralSecurityException {
    TestCertificates rsa = issuing.leaf(TestCertificates.keys("RSA", 2048), "a.contoso.com");
    assertThat(rsa.traditionalKeyPem()).contains("BEGIN RSA PRIVATE KEY");
    assertThat(check(rsa.pem() + issuing.pem() + root.pem(), rsa.traditionalKeyPem())).isEmpty();
    assertThat(leaf.traditionalKeyPem()).contains("BEGIN EC PRIVATE KEY");
    assertThat(check(leaf.pem() + issuing.pem() + root.pem(), leaf.traditionalKeyPem())).isEmpty();
  }

  @Test
  void aKeyOfAnotherCertificateIsAnError() {
    error(
        check(leaf.pem() + issuing.pem() + root.pem(), issuing.keyPem()),
        "keyFile",
        "not the key of certificate \"CN=web\"");
  }

  @Test
  void aMissingAnEncryptedAndADamagedKeyAreErrorsThatSayWhatToDo() {
    String chain = leaf.pem() + issuing.pem() + root.pem();
    error(check(chain, chain), "keyFile", "no private key");
    error(
        check(
            chain,
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIGjMF8GCSqGSIb3DQEFDTBSMDEGCSqGSIb3DQEFDDAkBBBUZrR8Q5s4l1Rr8Ylx\nAgIIADAMBggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQ\n-----END ENCRYPTED PRIVATE KEY-----\n"),
        "keyFile",
        "private key is");
    error(check(chain, leaf.keyPem().replaceAll("[A-Z]{2}", "")), "keyFile", "private key");
  }

  @Test
  void noMessageHoldsAnythingOfTheKey() {
    String key = leaf.keyPem().replaceFirst("A", "!");
    assertThat(check(leaf.pem() + issuing.pem() + root.pem(), key).toString())
        .doesNotContain(key.substring(40, 60));
  }

  @Test
  void aPrivateKeyInTheChainFileIsAnErrorBecauseChainsAreKeptInClear() {
    error(
        check(leaf.pem() + issuing.pem() + root.pem() + leaf.keyPem(), leaf.keyPem()),
        "chainFile",
        "holds a private key");
  }

  @Test
  void aChainOutOfOrderIsAnError() {
    assertThat(check(issuing.pem() + leaf.pem(), issuing.keyPem()))
        .filteredOn(Problem::isError)
        .singleElement()
        .matches(p -> p.message().contains("the first certificate is the authority"));
    error(check(leaf.pem() + root.pem(), leaf.keyPem()), "chainFile", "did not issue");
  }

  @Test
  void anEmptyAndADamagedChainAreErrors() {
    error(check("hello", leaf.keyPem()), "chainFile", "no certificate");
    error(check(leaf.pem().replaceFirst("MII", "AAA"), leaf.keyPem()), "chainFile", "damaged");
  }

  @Test
  void expiredExpiringLonelyAndNamelessCertificatesAreWarnings() throws GeneralSecurityException {
    TestCertificates old = issuing.leaf("old", NOW.minus(Duration.ofDays(1)), "a.contoso.com");
    TestCertificates soon = issuing.leaf("soon", NOW.plus(Duration.ofDays(3)), "a.contoso.com");
    TestCertificates nameless = issuing.leaf("nameless", NEXT_YEAR);
    assertThat(check(old.pem() + issuing.pem() + root.pem(), old.keyPem()))
        .extracting(Problem::message)
        .containsExactly("\"CN=old\" expired on 2026-05-31");
    assertThat(check(soon.pem() + issuing.pem() + root.pem(), soon.keyPem()))
        .extracting(Problem::message)
        .containsExactly("\"CN=soon\" expires on 2026-06-04");
    assertThat(check(leaf.pem(), leaf.keyPem()))
        .extracting(Problem::message)
        .containsExactly(
            "the chain is incomplete: the certificate of \"CN=issuing\", which issued \"CN=web\", is missing");
    assertThat(check(nameless.pem() + issuing.pem() + root.pem(), nameless.keyPem()))
        .noneMatch(Problem::isError)
        .hasSize(1);
  }

  @Test
  void aTrustBundleWithoutCertificatesIsAnErrorAndWithAKeyToo() {
    String path = "pools[0].tls.trustFile";
    assertThat(CertificateChecks.trust(path, root.pem() + issuing.pem(), NOW)).isEmpty();
    assertThat(CertificateChecks.trust(path, "", NOW)).singleElement().matches(Problem::isError);
    assertThat(CertificateChecks.trust(path, root.pem() + root.keyPem(), NOW))
        .singleElement()
        .matches(Problem::isError);
    assertThat(CertificateChecks.trust(path, root.pem(), NOW.plus(Duration.ofDays(36500))))
        .singleElement()
        .matches(p -> !p.isError());
  }

  @Test
  void publicNamesThatNoCertificateCarriesAreListed() throws GeneralSecurityException {
    FarmConfig farm =
        Documents.accepted(
            Documents.resource("full.yaml")
                .replace(
                    "[webext01.contoso.com]",
                    "[webext01.contoso.com, MEET.contoso.com, a.b.contoso.com, meet.fabrikam.com]"));
    Map<String, String> files = new HashMap<>();
    files.put("contoso.pem", leaf.pem() + issuing.pem() + root.pem());
    files.put("contoso.key", leaf.keyPem());
    files.put("contoso-root.pem", root.pem());
    assertThat(CertificateChecks.all(farm, files, NOW))
        .extracting(Problem::toString)
        .singleElement()
        .asString()
        .contains("listeners[0].tls.certificates")
        .contains("carries a.b.contoso.com, meet.fabrikam.com");
    assertThat(CertificateChecks.all(farm, Map.of(), NOW))
        .extracting(Problem::path)
        .containsExactly(
            "certificates[0].chainFile", "certificates[0].keyFile", "pools[pool01].tls.trustFile");
  }
}
