package io.portcullis.journey;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// A certificate authority of the test's own: `NAME-ca.pem`, an intermediate, and what it issues, as files in a directory.
final class Authority {

  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path directory;
  private final X500Name issuer;
  private final KeyPair keys;
  private final String chainAbove;
  final Path trust;

  private Authority(Path directory, X500Name issuer, KeyPair keys, String chainAbove, Path trust) {
    this.directory = directory;
    this.issuer = issuer;
    this.keys = keys;
    this.chainAbove = chainAbove;
    this.trust = trust;
  }

  static Authority create(Path directory, String name) throws Exception {
    KeyPair keys = keyPair();
    X500Name subject = new X500Name("CN=" + name + " CA");
    String pem = pem(sign(subject, keys, subject, keys, Duration.ofDays(30), true));
    Path trust = Files.writeString(directory.resolve(name + "-ca.pem"), pem);
    return new Authority(directory, subject, keys, pem, trust);
  }

  /// An authority below this one; what it issues carries the intermediate in its chain.
  Authority intermediate(String name) throws Exception {
    KeyPair own = keyPair();
    X500Name subject = new X500Name("CN=" + name + " CA");
    String pem = pem(sign(subject, own, issuer, keys, Duration.ofDays(30), true));
    return new Authority(directory, subject, own, pem + chainAbove, trust);
  }

  record Issued(Path chain, Path key) {}

  Issued issue(String name, String... names) throws Exception {
    return issue(name, Duration.ofDays(20), names);
  }

  /// @param validity counted from now; negative for a certificate that has expired
  Issued issue(String name, Duration validity, String... names) throws Exception {
    KeyPair own = keyPair();
    String leaf =
        pem(sign(new X500Name("CN=" + names[0]), own, issuer, keys, validity, false, names));
    StringWriter key = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(key)) {
      writer.writeObject(new JcaPKCS8Generator(own.getPrivate(), null));
    }
    return new Issued(
        Files.writeString(directory.resolve(name + ".pem"), leaf + chainAbove),
        Files.writeString(directory.resolve(name + ".key"), key.toString()));
  }

  private static KeyPair keyPair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static X509CertificateHolder sign(
      X500Name subject,
      KeyPair keys,
      X500Name issuer,
      KeyPair issuerKeys,
      Duration validity,
      boolean isAuthority,
      String... names)
      throws IOException, OperatorCreationException {
    Instant now = Instant.now();
    var builder =
        new JcaX509v3CertificateBuilder(
            issuer,
            new BigInteger(96, RANDOM),
            Date.from(now.minus(Duration.ofDays(60))),
            Date.from(now.plus(validity)),
            subject,
            keys.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority));
    if (names.length > 0) {
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(
              Arrays.stream(names)
                  .map(name ->
                      new GeneralName(
                          name.matches("[0-9.]+") ? GeneralName.iPAddress : GeneralName.dNSName,
                          name))
                  .toArray(GeneralName[]::new)));
    }
    return builder.build(
        new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKeys.getPrivate()));
  }

  private static String pem(X509CertificateHolder certificate) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(certificate);
    }
    return text.toString();
  }
}
