package io.portcullis.farm.codec;

import java.io.ByteArrayInputStream;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Certificates out of PEM text, and the names they are good for.
public final class PemCertificates {
  /// The trust store of a whole operating system has some 150; more than this is not a bundle but a mistake.
  static final int MAX_CERTIFICATES = 1000;

  private static final int DNS_NAME = 2;
  private static final int IP_ADDRESS = 7;

  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----");

  private PemCertificates() {}

  /// Every CERTIFICATE block in order; text between blocks is ignored.
  ///
  /// @throws CertificateException naming the block that cannot be read, by its number
  public static List<X509Certificate> read(String pem) throws CertificateException {
    CertificateFactory x509 = CertificateFactory.getInstance("X.509");
    List<X509Certificate> certificates = new ArrayList<>();
    Matcher blocks = BLOCK.matcher(pem);
    while (blocks.find()) {
      if (certificates.size() == MAX_CERTIFICATES) {
        throw new CertificateException("more than " + MAX_CERTIFICATES + " certificates");
      }
      try {
        byte[] der = Base64.getMimeDecoder().decode(blocks.group(1));
        Certificate read = x509.generateCertificate(new ByteArrayInputStream(der));
        certificates.add((X509Certificate) read);
      } catch (CertificateException | IllegalArgumentException e) {
        throw new CertificateException(
            "certificate %d of the file is damaged".formatted(certificates.size() + 1), e);
      }
    }
    return certificates;
  }

  /// DNS names and addresses of the subject alternative name, lower case. The common name counts for nothing: no client of
  /// today reads it (RFC 9525 §2).
  public static List<String> names(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
      for (List<?> alternative : alternatives == null ? List.<List<?>>of() : alternatives) {
        int kind = (Integer) alternative.get(0);
        if (kind == DNS_NAME || kind == IP_ADDRESS) {
          names.add(String.valueOf(alternative.get(1)).toLowerCase(Locale.ROOT));
        }
      }
    } catch (CertificateParsingException e) {
      return List.of();
    }
    return names;
  }

  /// Whether a certificate with `names` is good for `name`: the same, or a wildcard for its first label (RFC 9525 §6.3).
  public static boolean covers(List<String> names, String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    int dot = lower.indexOf('.');
    return names.contains(lower)
        || dot > 0 && !lower.startsWith("*") && names.contains("*" + lower.substring(dot));
  }
}
