package io.portcullis.farm.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// V2: what clients look at in a certificate beside its chain and its names.
class ServerCertificateTest {
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

  private static X509Certificate certificate(
      int bits, String signature, int days, @Nullable KeyPurposeId usage) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits);
    KeyPair pair = generator.generateKeyPair();
    X500Name name = new X500Name("CN=webext01.contoso.com");
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            name,
            BigInteger.ONE,
            Date.from(NOW.minus(Duration.ofDays(1))),
            Date.from(NOW.plus(Duration.ofDays(days))),
            name,
            pair.getPublic());
    if (usage != null) {
      builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(usage));
    }
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder(signature).build(pair.getPrivate())));
  }

  @Test
  void aCertificateAsItShouldBeGetsNoWarning() throws Exception {
    X509Certificate good = certificate(2048, "SHA256withRSA", 90, KeyPurposeId.id_kp_serverAuth);

    assertThat(ServerCertificate.warnings(good, NOW)).isEmpty();
    assertThat(ServerCertificate.isForServers(good)).isTrue();
  }

  @Test
  void shortKeysLongHashesAndNearEndsAreWarnings() throws Exception {
    assertThat(ServerCertificate.warnings(certificate(1024, "SHA512withRSA", 7, null), NOW))
        .containsExactly(
            "ends in 7 days",
            "an RSA key of 1024 bits: many clients refuse it",
            "signed with SHA-512: Lync for Mac refuses it");
  }

  @Test
  void aCertificateForClientsIsNoServers() throws Exception {
    assertThat(
            ServerCertificate.isForServers(
                certificate(2048, "SHA256withRSA", 90, KeyPurposeId.id_kp_clientAuth)))
        .isFalse();
    assertThat(
            ServerCertificate.isForServers(
                certificate(2048, "SHA256withRSA", 90, KeyPurposeId.anyExtendedKeyUsage)))
        .isTrue();
    assertThat(ServerCertificate.isForServers(certificate(2048, "SHA256withRSA", 90, null)))
        .isTrue();
  }
}
