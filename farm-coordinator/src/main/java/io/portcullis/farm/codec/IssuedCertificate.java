package io.portcullis.farm.codec;

import io.portcullis.farm.model.Acme;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// A certificate of the store, seen by who orders certificates.
///
/// @param names in lower case
/// @param keyAlgorithm `RSA`, `EC`
public record IssuedCertificate(
    Set<String> names, String keyAlgorithm, Instant notBefore, Instant notAfter) {

  /// What is left of its life when it is renewed: one part of three, as Let's Encrypt asks for.
  private static final int PARTS = 3;

  public IssuedCertificate {
    names = Set.copyOf(names);
  }

  /// @return empty if it cannot be read
  public static Optional<IssuedCertificate> of(String chainPem) {
    try {
      List<X509Certificate> chain = PemCertificates.read(chainPem);
      if (chain.isEmpty()) {
        return Optional.empty();
      }
      X509Certificate leaf = chain.getFirst();
      return Optional.of(
          new IssuedCertificate(
              new TreeSet<>(PemCertificates.names(leaf)),
              leaf.getPublicKey().getAlgorithm(),
              leaf.getNotBefore().toInstant(),
              Expiry.of(chain).end()));
    } catch (CertificateException e) {
      return Optional.empty();
    }
  }

  public Instant renewal() {
    return notAfter.minus(Duration.between(notBefore, notAfter).dividedBy(PARTS));
  }

  /// Whether it has the names and the kind of key that are asked for.
  public boolean isFor(Acme acme) {
    Set<String> wanted = new TreeSet<>();
    acme.names().forEach(name -> wanted.add(name.toLowerCase(Locale.ROOT)));
    boolean rsa = acme.key() == Acme.Key.RSA;
    return names.equals(wanted) && keyAlgorithm.startsWith(rsa ? "RSA" : "EC");
  }
}
