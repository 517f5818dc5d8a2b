package io.portcullis.proxy.snapshot;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/// PEM text (RFC 7468) into certificates and keys, with errors for the operator.
final class Pem {

  private static final Pattern CERTIFICATE =
      Pattern.compile("-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----");

  private Pem() {}

  /// @throws GeneralSecurityException with a sentence for the operator
  static List<X509Certificate> certificates(String pem) throws GeneralSecurityException {
    CertificateFactory x509 = CertificateFactory.getInstance("X.509");
    List<X509Certificate> found = new ArrayList<>();
    Matcher blocks = CERTIFICATE.matcher(pem);
    while (blocks.find()) {
      byte[] block = blocks.group().getBytes(StandardCharsets.US_ASCII);
      try {
        found.add((X509Certificate) x509.generateCertificate(new ByteArrayInputStream(block)));
      } catch (GeneralSecurityException e) {
        throw new GeneralSecurityException(
            "CERTIFICATE block " + (found.size() + 1) + " cannot be read", e);
      }
    }
    if (found.isEmpty()) {
      throw new GeneralSecurityException("there is no CERTIFICATE block in it");
    }
    return found;
  }

  /// PKCS #8, or the traditional forms for RSA and EC; without a passphrase.
  ///
  /// @throws GeneralSecurityException with a sentence for the operator that holds nothing of the key
  static PrivateKey privateKey(String pem) throws GeneralSecurityException {
    if (pem.contains("ENCRYPTED")) {
      throw new GeneralSecurityException("the key is protected by a passphrase");
    }
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      for (Object block = parser.readObject(); block != null; block = parser.readObject()) {
        JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
        if (block instanceof PEMKeyPair pair) {
          return converter.getPrivateKey(pair.getPrivateKeyInfo());
        }
        if (block instanceof PrivateKeyInfo info) {
          return converter.getPrivateKey(info);
        }
      }
    } catch (IOException | IllegalArgumentException _) {
      throw new GeneralSecurityException("the PRIVATE KEY block cannot be read");
    }
    throw new GeneralSecurityException("there is no PRIVATE KEY block in it");
  }

  static String sha256(String... parts) {
    try {
      java.security.MessageDigest digest = java.security.MessageDigest.getInstance("SHA-256");
      for (String part : parts) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        digest.update((byte) (bytes.length >>> 24));
        digest.update((byte) (bytes.length >>> 16));
        digest.update((byte) (bytes.length >>> 8));
        digest.update((byte) bytes.length);
        digest.update(bytes);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError("every Java runtime has SHA-256", e);
    }
  }
}
