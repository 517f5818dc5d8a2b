package io.portcullis.farm.identity;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// A certificate that nobody vouches for, with a fresh key that exists in this process only.
public record SelfSigned(X509Certificate certificate, PrivateKey key) {
  /// pe-acmeIdentifier (RFC 8737 §6.1).
  private static final ASN1ObjectIdentifier ACME_IDENTIFIER =
      new ASN1ObjectIdentifier("1.3.6.1.5.5.7.1.31");

  private static final String STAND_IN = "CN=Portcullis stand-in until the certificate is issued";

  private static final Duration VALIDITY = Duration.ofDays(365);

  /// Serves where a certificate has not been issued yet.
  public static SelfSigned standIn(List<String> names, Instant now)
      throws GeneralSecurityException {
    return sign(KeyRequest.pair(), STAND_IN, names, null, now);
  }

  /// Proves in a handshake that a name is ours (RFC 8737 §3): that name and no other, and the digest, critical.
  ///
  /// @param digest SHA-256 of the key authorization
  public static SelfSigned proof(String name, byte[] digest, Instant now)
      throws GeneralSecurityException {
    return sign(KeyRequest.pair(), "CN=ACME challenge", List.of(name), digest, now);
  }

  private static SelfSigned sign(
      KeyPair pair,
      String subject,
      List<String> names,
      byte @org.jspecify.annotations.Nullable [] digest,
      Instant now)
      throws GeneralSecurityException {
    X500Name name = new X500Name(subject);
    try {
      X509v3CertificateBuilder form =
          new JcaX509v3CertificateBuilder(
                  name,
                  new BigInteger(Long.SIZE, new SecureRandom()),
                  Date.from(now.minus(CertificateForm.CLOCK_SKEW)),
                  Date.from(now.plus(VALIDITY)),
                  name,
                  pair.getPublic())
              .addExtension(
                  Extension.subjectAlternativeName,
                  false,
                  new GeneralNames(
                      names.stream()
                          .map(dns -> new GeneralName(GeneralName.dNSName, dns))
                          .toArray(GeneralName[]::new)));
      if (digest != null) {
        form.addExtension(ACME_IDENTIFIER, true, new DEROctetString(digest));
      }
      X509Certificate certificate =
          new JcaX509CertificateConverter()
              .getCertificate(
                  form.build(
                      new JcaContentSignerBuilder(FarmAuthority.SIGNATURE)
                          .build(pair.getPrivate())));
      return new SelfSigned(certificate, pair.getPrivate());
    } catch (CertIOException | OperatorCreationException e) {
      throw new GeneralSecurityException("cannot sign a certificate", e);
    }
  }

  public String certificatePem() throws GeneralSecurityException {
    return Pem.of("CERTIFICATE", certificate.getEncoded());
  }

  public String keyPem() {
    return Pem.of("PRIVATE KEY", key.getEncoded());
  }

  @Override
  public String toString() {
    return "SelfSigned[key hidden]";
  }
}
