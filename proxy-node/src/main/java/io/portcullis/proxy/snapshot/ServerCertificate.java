package io.portcullis.proxy.snapshot;

import io.portcullis.farm.model.Problem;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A certificate that was read and checked: the key is its key, the chain is in order.
///
/// @param chain leaf first
/// @param fingerprint hash of the chain and the key as text
record ServerCertificate(
    String name, List<X509Certificate> chain, PrivateKey key, String fingerprint) {

  private static final int SAN_DNS = 2;

  /// @param path of the certificate in the document
  /// @return null after reporting at least one error
  static @Nullable ServerCertificate read(
      String name,
      CertificateMaterial material,
      String path,
      Instant now,
      Consumer<Problem> problems) {
    List<X509Certificate> chain = readChain(name, material, path, problems);
    PrivateKey key = readKey(name, material, path, problems);
    if (chain == null || key == null || !inOrder(name, chain, path, problems)) {
      return null;
    }
    if (!belongs(key, chain.getFirst().getPublicKey())) {
      problems.accept(
          Problem.error(
              path + ".keyFile",
              "the key of certificate \"%s\" is not the key of %s"
                  .formatted(name, subject(chain.getFirst())),
              "give the key the certificate was requested with; the leaf certificate must be the"
                  + " first in the chain file"));
      return null;
    }
    warn(name, chain, path, now, problems);
    return new ServerCertificate(
        name, chain, key, Pem.sha256(material.chainPem(), material.keyPem()));
  }

  private static @Nullable List<X509Certificate> readChain(
      String name, CertificateMaterial material, String path, Consumer<Problem> problems) {
    try {
      return Pem.certificates(material.chainPem());
    } catch (GeneralSecurityException e) {
      problems.accept(
          Problem.error(
              path + ".chainFile",
              "the chain of certificate \"%s\" is not usable: %s".formatted(name, e.getMessage()),
              "it must be PEM: the leaf certificate first, then every intermediate"));
      return null;
    }
  }

  private static @Nullable PrivateKey readKey(
      String name, CertificateMaterial material, String path, Consumer<Problem> problems) {
    try {
      return Pem.privateKey(material.keyPem());
    } catch (GeneralSecurityException e) {
      problems.accept(
          Problem.error(
              path + ".keyFile",
              "the key of certificate \"%s\" is not usable: %s".formatted(name, e.getMessage()),
              "it must be PEM without a passphrase; \"openssl pkey -in OLD -out NEW\" makes one"));
      return null;
    }
  }

  /// A signature made with the one verifies with the other; works for every kind of key.
  private static boolean belongs(PrivateKey key, PublicKey publicKey) {
    String algorithm = key.getAlgorithm().startsWith("EC") ? "ECDSA" : key.getAlgorithm();
    String scheme = algorithm.startsWith("Ed") ? algorithm : "SHA256with" + algorithm;
    try {
      byte[] probe = {1, 2, 3};
      Signature signer = Signature.getInstance(scheme);
      signer.initSign(key);
      signer.update(probe);
      byte[] signature = signer.sign();
      Signature verifier = Signature.getInstance(scheme);
      verifier.initVerify(publicKey);
      verifier.update(probe);
      return verifier.verify(signature);
    } catch (GeneralSecurityException _) {
      return false;
    }
  }

  private static void warn(
      String name,
      List<X509Certificate> chain,
      String path,
      Instant now,
      Consumer<Problem> problems) {
    for (X509Certificate certificate : chain) {
      if (now.isAfter(certificate.getNotAfter().toInstant())) {
        problems.accept(
            Problem.warning(
                path,
                "certificate \"%s\": %s expired at %s"
                    .formatted(name, subject(certificate), certificate.getNotAfter().toInstant()),
                "clients will refuse it; import a renewed one"));
      } else if (now.isBefore(certificate.getNotBefore().toInstant())) {
        problems.accept(
            Problem.warning(
                path,
                "certificate \"%s\": %s is not valid before %s"
                    .formatted(name, subject(certificate), certificate.getNotBefore().toInstant()),
                "check the clock of this machine"));
      }
    }
  }

  private static boolean inOrder(
      String name, List<X509Certificate> chain, String path, Consumer<Problem> problems) {
    for (int i = 1; i < chain.size(); i++) {
      X509Certificate issuer = chain.get(i);
      if (!chain.get(i - 1).getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
        problems.accept(
            Problem.error(
                path + ".chainFile",
                "certificate \"%s\": the chain is out of order, %s did not issue the one before it"
                    .formatted(name, subject(issuer)),
                "put the leaf first, then each certificate's issuer"));
        return false;
      }
    }
    return true;
  }

  private static String subject(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().getName();
  }

  /// The same on every node that serves this chain.
  byte[] chainHash() {
    try {
      java.security.MessageDigest digest = java.security.MessageDigest.getInstance("SHA-256");
      for (X509Certificate certificate : chain) {
        digest.update(certificate.getEncoded());
      }
      return digest.digest();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("certificate " + name + " was read, but not encoded", e);
    }
  }

  /// DNS names it is good for, in lower case; wildcards with their `*.`.
  List<String> names() {
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> alternatives = chain.getFirst().getSubjectAlternativeNames();
      for (List<?> alternative : alternatives == null ? List.<List<?>>of() : alternatives) {
        if (alternative.get(0) instanceof Integer kind
            && kind == SAN_DNS
            && alternative.get(1) instanceof String name) {
          names.add(name.toLowerCase(Locale.ROOT));
        }
      }
    } catch (java.security.cert.CertificateParsingException _) {
      // A name that cannot be read answers no server name; the certificate still serves as default.
    }
    return names;
  }
}
