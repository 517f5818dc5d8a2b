package io.portcullis.proxy;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/// A certification authority for one test.
public final class TestAuthority {

  /// @param chain leaf only; the issuer is the authority itself
  public record Issued(String chain, String key) {}

  private final X500Name name;
  private final KeyPair pair;
  private final String certificate;

  public TestAuthority(String commonName) {
    name = new X500Name("CN=" + commonName);
    pair = pair("EC");
    certificate =
        certificate(name, name, pair, pair, true, Instant.now().plus(Duration.ofDays(2)), null);
  }

  private TestAuthority(X500Name name, KeyPair pair, String certificate) {
    this.name = name;
    this.pair = pair;
    this.certificate = certificate;
  }

  /// An authority that this one vouches for.
  public TestAuthority intermediate(String commonName) {
    X500Name subject = new X500Name("CN=" + commonName);
    KeyPair keys = pair("EC");
    Instant until = Instant.now().plus(Duration.ofDays(2));
    return new TestAuthority(
        subject, keys, certificate(subject, name, keys, pair, true, until, null));
  }

  public String certificate() {
    return certificate;
  }

  public Issued issue(String... names) {
    return issue("EC", Instant.now().plus(Duration.ofDays(1)), names);
  }

  public Issued issue(String algorithm, Instant notAfter, String... names) {
    return issue(null, algorithm, notAfter, names);
  }

  /// @param responder where the certificate says to ask whether it is still good
  public Issued issueWithResponder(String responder, Instant notAfter, String... names) {
    return issue(responder, "EC", notAfter, names);
  }

  private Issued issue(
      @Nullable String responder, String algorithm, Instant notAfter, String[] names) {
    KeyPair leaf = pair(algorithm);
    X500Name subject = new X500Name("CN=" + names[0].replace("*", "any"));
    return new Issued(
        certificate(subject, name, leaf, pair, false, notAfter, responder, names),
        pem("PRIVATE KEY", leaf.getPrivate().getEncoded()));
  }

  public String key() {
    return pem("PRIVATE KEY", pair.getPrivate().getEncoded());
  }

  private static KeyPair pair(String algorithm) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      if (algorithm.equals("EC")) {
        generator.initialize(new ECGenParameterSpec("secp256r1"));
      } else {
        generator.initialize(2048);
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String certificate(
      X500Name subject,
      X500Name issuer,
      KeyPair own,
      KeyPair signing,
      boolean authority,
      Instant notAfter,
      @Nullable String responder,
      String... names) {
    try {
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              issuer,
              new BigInteger(64, new SecureRandom()),
              Date.from(notAfter.minus(Duration.ofDays(10))),
              Date.from(notAfter),
              subject,
              own.getPublic());
      if (responder != null) {
        builder.addExtension(
            Extension.authorityInfoAccess,
            false,
            new AuthorityInformationAccess(
                AccessDescription.id_ad_ocsp,
                new GeneralName(GeneralName.uniformResourceIdentifier, responder)));
      }
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
      if (names.length > 0) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(
                Arrays.stream(names)
                    .map(san ->
                        new GeneralName(
                            san.matches("[0-9.]+") ? GeneralName.iPAddress : GeneralName.dNSName,
                            san))
                    .toArray(GeneralName[]::new)));
      }
      return pem(
          "CERTIFICATE",
          builder
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(signing.getPrivate()))
              .getEncoded());
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(String kind, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n";
  }
}
