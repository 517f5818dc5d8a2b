package io.portcullis.farm.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FarmAuthorityTest {
  @TempDir Path directory;

  private FarmAuthority authority() throws Exception {
    return FarmAuthority.open(directory.resolve("authority"), "edge", InstantSource.system());
  }

  @Test
  void theSecondOpeningFindsTheSameAuthority() throws Exception {
    assertThat(authority().fingerprint()).isEqualTo(authority().fingerprint());
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.resolve("authority/ca.key"))))
        .isEqualTo("rw-------");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() ->
            FarmAuthority.open(directory.resolve("authority"), "other", InstantSource.system()))
        .withMessageContaining("belongs to farm \"edge\"");
  }

  @Test
  void nameAndRoleAreTheFarmsDecisionWhateverTheRequestSays() throws Exception {
    KeyRequest request = KeyRequest.create("coordinator-1");
    X509Certificate leaf =
        Certificates.parse(
            authority().issue(request.csrPem(), Role.NODE, "edge7", List.of("evil.example")));

    assertThat(leaf.getSubjectX500Principal().getName()).isEqualTo("CN=edge7,OU=node,O=edge");
    assertThat(leaf.getSubjectAlternativeNames().toString()).doesNotContain("evil");
    assertThat(Duration.between(leaf.getNotBefore().toInstant(), leaf.getNotAfter().toInstant()))
        .isBetween(Duration.ofDays(30), Duration.ofDays(31).plusMinutes(1));
    assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
    leaf.verify(authority().certificate().getPublicKey());
  }

  @Test
  void anIdCannotSpellARole() throws Exception {
    String csr = KeyRequest.create("x").csrPem();
    for (String id : List.of("a,OU=coordinator", "a+OU=b", "", "a\nb", "x".repeat(64), "../a")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> authority().issue(csr, Role.NODE, id, List.of()));
    }
  }

  @Test
  void onlySoundRequestsForP256AreCertified() throws Exception {
    String csr = KeyRequest.create("x").csrPem();
    refused("nonsense");
    refused(csr.replace("CERTIFICATE REQUEST", "CERTIFICATE"));
    refused("x".repeat(9000));
    char[] tampered = csr.toCharArray();
    int place = csr.length() - 60;
    tampered[place] = tampered[place] == 'A' ? 'B' : 'A';
    refused(new String(tampered));
    KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
    rsa.initialize(2048);
    var pair = rsa.generateKeyPair();
    refused(
        Pem.of(
            "CERTIFICATE REQUEST",
            new JcaPKCS10CertificationRequestBuilder(new X500Principal("CN=x"), pair.getPublic())
                .build(new JcaContentSignerBuilder("SHA256withRSA").build(pair.getPrivate()))
                .getEncoded()));
  }

  private void refused(String csr) {
    assertThatExceptionOfType(FarmAuthority.InvalidRequest.class)
        .isThrownBy(() -> authority().issue(csr, Role.NODE, "x", List.of()));
  }

  @Test
  void aTokenSurvivesItsLineAndHidesItsSecret() throws Exception {
    JoinToken token =
        new JoinToken("10.0.0.5:9443", "ab".repeat(32), Role.NODE, JoinToken.newSecret());
    assertThat(JoinToken.decode(" " + token.encode() + "\n")).isEqualTo(token);
    assertThat(token.toString()).doesNotContain(token.secret());
    assertThat(FarmKey.generate().toString()).isEqualTo("FarmKey[hidden]");
  }
}
