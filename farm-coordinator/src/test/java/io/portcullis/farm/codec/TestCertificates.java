package io.portcullis.farm.codec;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x9.X962Parameters;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.jspecify.annotations.Nullable;

/// Certificates made for one test.
record TestCertificates(X509Certificate certificate, KeyPair keys) {
  static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
  private static final Instant FAR = NOW.plusSeconds(86_400L * 3650);
  private static final Instant START = NOW.minusSeconds(86_400L * 100);

  static TestCertificates authority(String name) throws GeneralSecurityException {
    KeyPair keys = keys("EC", 256);
    return issue(name, keys, null, FAR, true);
  }

  /// The same name and key as `authority`, signed by itself.
  static TestCertificates authority(TestCertificates authority) throws GeneralSecurityException {
    return issue(authority.name(), authority.keys, null, FAR, true);
  }

  /// The same name and key as `authority`, signed by this one.
  TestCertificates crossSigned(TestCertificates authority) throws GeneralSecurityException {
    return issue(authority.name(), authority.keys, this, FAR, true);
  }

  private String name() {
    return certificate.getSubjectX500Principal().getName().substring("CN=".length());
  }

  TestCertificates leaf(String name, Instant end, String... names) throws GeneralSecurityException {
    return issue(name, keys("EC", 256), this, end, false, names);
  }

  TestCertificates leaf(KeyPair keys, String... names) throws GeneralSecurityException {
    return issue(names[0], keys, this, NOW.plusSeconds(86_400L * 365), false, names);
  }

  TestCertificates intermediate(String name) throws GeneralSecurityException {
    return issue(name, keys("EC", 256), this, FAR, true);
  }

  static KeyPair keys(String algorithm, int size) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(size);
    return generator.generateKeyPair();
  }

  private static TestCertificates issue(
      String name,
      KeyPair keys,
      @Nullable TestCertificates issuer,
      Instant end,
      boolean authority,
      String... names)
      throws GeneralSecurityException {
    X500Name subject = new X500Name("CN=" + name);
    X500Name by =
        issuer == null
            ? subject
            : new X500Name(issuer.certificate.getSubjectX500Principal().getName());
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            by,
            BigInteger.valueOf(System.nanoTime()),
            Date.from(START),
            Date.from(end),
            subject,
            keys.getPublic());
    try {
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
      if (names.length > 0) {
        GeneralName[] alternatives = new GeneralName[names.length];
        for (int i = 0; i < names.length; i++) {
          alternatives[i] = new GeneralName(GeneralName.dNSName, names[i]);
        }
        builder.addExtension(
            Extension.subjectAlternativeName, false, new GeneralNames(alternatives));
      }
      var signer =
          new JcaContentSignerBuilder("SHA256withECDSA")
              .build((issuer == null ? keys : issuer.keys).getPrivate());
      return new TestCertificates(
          new JcaX509CertificateConverter().getCertificate(builder.build(signer)), keys);
    } catch (CertIOException | OperatorCreationException e) {
      throw new GeneralSecurityException(e);
    }
  }

  String pem() {
    return pem(certificate);
  }

  /// PKCS #8.
  String keyPem() {
    return PrivateKeys.pkcs8(keys.getPrivate());
  }

  /// In the older shapes, PKCS #1 and SEC 1.
  String traditionalKeyPem() {
    if (!(keys.getPrivate() instanceof ECPrivateKey key)) {
      return pem(keys.getPrivate());
    }
    org.bouncycastle.asn1.sec.ECPrivateKey sec1 =
        new org.bouncycastle.asn1.sec.ECPrivateKey(
            256, key.getS(), new X962Parameters(SECObjectIdentifiers.secp256r1));
    try {
      return pem(new PemObject("EC PRIVATE KEY", sec1.getEncoded()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String pem(Object what) {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(what);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
