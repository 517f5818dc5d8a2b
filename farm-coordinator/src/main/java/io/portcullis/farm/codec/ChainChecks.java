package io.portcullis.farm.codec;

import io.portcullis.farm.model.Problem;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One chain, with its key: what is wrong with it, at the two paths of the document that name them.
final class ChainChecks {
  /// Public authorities renew thirty days ahead; later than that is an incident in the making.
  private static final Duration SOON = Duration.ofDays(30);

  /// What public authorities and the Lync certificate requirements ask for at least.
  private static final int WEAKEST_RSA = 2048;

  private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
  private static final String ANY_USAGE = "2.5.29.37.0";

  private final String path;
  private final Instant now;
  private final KnownRoots roots;

  /// What comes in anew must be of use to clients; what is held already must not block every other change.
  private final boolean comesIn;

  private final List<Problem> problems = new ArrayList<>();

  private ChainChecks(String path, Instant now, KnownRoots roots, boolean comesIn) {
    this.path = path;
    this.now = now;
    this.roots = roots;
    this.comesIn = comesIn;
  }

  /// @param comesIn an expired or incomplete chain is an error, not a warning
  static List<Problem> of(
      String path,
      @Nullable String chainPem,
      @Nullable String keyPem,
      Instant now,
      KnownRoots roots,
      boolean comesIn) {
    ChainChecks checks = new ChainChecks(path, now, roots, comesIn);
    PrivateKey key = keyPem == null ? null : checks.key(keyPem);
    if (chainPem != null) {
      checks.chain(chainPem, key);
    }
    return checks.problems;
  }

  private void chain(String pem, @Nullable PrivateKey key) {
    String at = path + ".chainFile";
    if (holdsPrivateKey(pem)) {
      problems.add(
          Problem.error(
              at,
              "the chain file holds a private key, and chains are kept in clear",
              "keep only the CERTIFICATE blocks in it, the key goes into keyFile"));
    }
    List<X509Certificate> chain;
    try {
      chain = PemCertificates.read(pem);
    } catch (CertificateException e) {
      problems.add(Problem.error(at, said(e), "export the chain again as PEM (Base64)"));
      return;
    }
    if (chain.isEmpty()) {
      problems.add(
          Problem.error(
              at,
              "there is no certificate in the file (-----BEGIN CERTIFICATE-----)",
              "export the chain as PEM (Base64): openssl x509 -inform der -in CERT -out chain.pem"));
      return;
    }
    order(at, chain);
    for (X509Certificate certificate : chain) {
      dates(at, certificate);
    }
    leaf(at, chain.getFirst());
    if (key != null && !belongTogether(chain.getFirst(), key)) {
      problems.add(
          Problem.error(
              path + ".keyFile",
              "the key is not the key of certificate \"%s\"".formatted(subject(chain.getFirst())),
              "use the key the certificate was requested with; compare: openssl x509 -noout -pubkey, openssl pkey -pubout"));
    }
  }

  private @Nullable PrivateKey key(String pem) {
    try {
      return PrivateKeys.read(pem);
    } catch (InvalidKeyException e) {
      String[] parts = said(e).split("; ", 2);
      problems.add(
          Problem.error(
              path + ".keyFile",
              parts[0],
              parts.length > 1 ? parts[1] : "name the PEM file with the certificate's key"));
      return null;
    }
  }

  private void order(String at, List<X509Certificate> chain) {
    X509Certificate leaf = chain.getFirst();
    if (leaf.getBasicConstraints() >= 0 && chain.size() > 1) {
      problems.add(
          Problem.error(
              at,
              "the first certificate is the authority \"%s\"".formatted(subject(leaf)),
              "put the server's certificate first, then its intermediates"));
      return;
    }
    for (int i = 1; i < chain.size(); i++) {
      if (!issued(chain.get(i), chain.get(i - 1))) {
        problems.add(
            Problem.error(
                at,
                "certificate %d, \"%s\", did not issue certificate %d, \"%s\""
                    .formatted(i + 1, subject(chain.get(i)), i, subject(chain.get(i - 1))),
                "put the server's certificate first, each followed by the one that issued it"));
        return;
      }
    }
    end(at, chain);
  }

  /// A chain is whole if clients, who have roots and nothing else, can follow it: no phone fetches what is missing.
  private void end(String at, List<X509Certificate> chain) {
    X509Certificate last = chain.getLast();
    if (issued(last, last) || chain.stream().anyMatch(roots::anchor)) {
      return;
    }
    unusable(
        at,
        "the chain is incomplete: the certificate of \"%s\", which issued \"%s\", is missing"
            .formatted(Section.shortened(last.getIssuerX500Principal().getName()), subject(last)),
        "append it, and what issued it, up to the root; only roots that this machine trusts may be left out");
  }

  private void unusable(String at, String message, String hint) {
    problems.add(comesIn ? Problem.error(at, message, hint) : Problem.warning(at, message, hint));
  }

  static boolean issued(X509Certificate issuer, X509Certificate subject) {
    try {
      subject.verify(issuer.getPublicKey());
      return subject.getIssuerX500Principal().equals(issuer.getSubjectX500Principal());
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private void dates(String at, X509Certificate certificate) {
    String name = subject(certificate);
    Instant end = certificate.getNotAfter().toInstant();
    if (end.isBefore(now)) {
      unusable(
          at, "\"%s\" expired on %s".formatted(name, day(certificate.getNotAfter())), "renew it");
    } else if (certificate.getNotBefore().toInstant().isAfter(now)) {
      problems.add(
          Problem.warning(
              at,
              "\"%s\" is not valid before %s".formatted(name, day(certificate.getNotBefore())),
              "check this machine's clock, or wait"));
    } else if (end.isBefore(now.plus(SOON))) {
      problems.add(
          Problem.warning(
              at,
              "\"%s\" expires on %s".formatted(name, day(certificate.getNotAfter())),
              "renew it now"));
    }
  }

  private void leaf(String at, X509Certificate leaf) {
    if (PemCertificates.names(leaf).isEmpty()) {
      problems.add(
          Problem.warning(
              at,
              "the certificate carries no subject alternative names",
              "request one that lists every public name; clients do not read the common name"));
    }
    if (leaf.getPublicKey() instanceof RSAKey rsa && rsa.getModulus().bitLength() < WEAKEST_RSA) {
      problems.add(
          Problem.warning(
              at,
              "the RSA key has %d bits".formatted(rsa.getModulus().bitLength()),
              "request a certificate for a key of 2048 bits or more"));
    }
    String signature = leaf.getSigAlgName().toUpperCase(Locale.ROOT);
    if (signature.startsWith("SHA1") || signature.startsWith("MD5")) {
      problems.add(
          Problem.warning(
              at,
              "the certificate is signed with " + signature + ", which clients refuse",
              "have it issued again with SHA-256"));
    }
    if (!servesTls(leaf)) {
      problems.add(
          Problem.warning(
              at,
              "the certificate is not for server authentication",
              "request one with the extended key usage serverAuth"));
    }
  }

  private static boolean servesTls(X509Certificate leaf) {
    try {
      List<String> usage = leaf.getExtendedKeyUsage();
      return usage == null || usage.contains(SERVER_AUTH) || usage.contains(ANY_USAGE);
    } catch (CertificateParsingException e) {
      return false;
    }
  }

  /// Proved by a signature, whatever the kind of key.
  private static boolean belongTogether(X509Certificate certificate, PrivateKey key) {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          case String other -> other;
        };
    byte[] challenge = new byte[32];
    new SecureRandom().nextBytes(challenge);
    try {
      Signature signer = Signature.getInstance(algorithm);
      signer.initSign(key);
      signer.update(challenge);
      byte[] signature = signer.sign();
      signer.initVerify(certificate.getPublicKey());
      signer.update(challenge);
      return signer.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  static boolean holdsPrivateKey(String pem) {
    return pem.contains("PRIVATE KEY-----");
  }

  static String subject(X509Certificate certificate) {
    return Section.shortened(certificate.getSubjectX500Principal().getName());
  }

  private static LocalDate day(Date date) {
    return LocalDate.ofInstant(date.toInstant(), ZoneOffset.UTC);
  }

  private static String said(Exception e) {
    return String.valueOf(e.getMessage());
  }
}
