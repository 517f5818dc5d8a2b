package io.portcullis.farm.identity;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reading farm certificates.
public final class Certificates {
  private static final Pattern ORGANIZATION = Pattern.compile("(?:^|,)O=([^,]+)");

  private Certificates() {}

  /// The first certificate of a PEM text.
  public static X509Certificate parse(String pem) throws GeneralSecurityException {
    return chain(pem).getFirst();
  }

  /// @throws GeneralSecurityException if there is none, or one that cannot be read
  public static List<X509Certificate> chain(String pem) throws GeneralSecurityException {
    Collection<? extends java.security.cert.Certificate> found =
        CertificateFactory.getInstance("X.509")
            .generateCertificates(
                new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    if (found.isEmpty()) {
      throw new GeneralSecurityException("there is no certificate");
    }
    return found.stream().map(X509Certificate.class::cast).toList();
  }

  /// SHA-256 of the DER, in hex: what join tokens carry and people compare.
  public static String fingerprint(X509Certificate certificate) throws GeneralSecurityException {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
  }

  /// The farm a certificate belongs to; empty if it names none.
  public static String organization(X509Certificate certificate) {
    Matcher found = ORGANIZATION.matcher(certificate.getSubjectX500Principal().getName());
    return found.find() ? found.group(1) : "";
  }
}
