package io.portcullis.farm.verify;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What is in a certificate that clients of Lync look at, beyond its chain and its names.
final class ServerCertificate {
  private static final Duration EXPIRES_SOON = Duration.ofDays(30);

  /// "Certificate requirements": 1024 is taken by old clients, 2048 advised, today's systems refuse less.
  private static final int LEAST_RSA_BITS = 2048;

  private static final String SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";
  private static final String ANY_USAGE = "2.5.29.37.0";

  private ServerCertificate() {}

  /// What will trouble somebody; empty if nothing.
  static List<String> warnings(X509Certificate leaf, Instant now) {
    List<String> warnings = new ArrayList<>();
    Duration left = Duration.between(now, leaf.getNotAfter().toInstant());
    if (left.compareTo(EXPIRES_SOON) < 0) {
      warnings.add("ends in %d days".formatted(left.toDays()));
    }
    if (leaf.getPublicKey() instanceof RSAPublicKey rsa
        && rsa.getModulus().bitLength() < LEAST_RSA_BITS) {
      warnings.add(
          "an RSA key of %d bits: many clients refuse it".formatted(rsa.getModulus().bitLength()));
    }
    if (leaf.getSigAlgName().toUpperCase(Locale.ROOT).startsWith("SHA512")) {
      warnings.add("signed with SHA-512: Lync for Mac refuses it");
    }
    return warnings;
  }

  /// Whether servers may show it (RFC 5280 §4.2.1.12).
  static boolean isForServers(X509Certificate leaf) {
    try {
      List<String> usages = leaf.getExtendedKeyUsage();
      return usages == null || usages.contains(SERVER_AUTHENTICATION) || usages.contains(ANY_USAGE);
    } catch (CertificateParsingException e) {
      return false;
    }
  }
}
