package io.portcullis.farm.codec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import javax.security.auth.x500.X500Principal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Roots that clients have already, so that a chain need not end with one: those of the Java runtime and of the operating system.
public final class KnownRoots {
  private static final Logger LOG = LoggerFactory.getLogger(KnownRoots.class);

  /// Where Debian keeps every root that its administrator trusts, private ones included (update-ca-certificates(8)).
  private static final Path SYSTEM = Path.of("/etc/ssl/certs/ca-certificates.crt");

  private final Map<X500Principal, List<X509Certificate>> bySubject;

  KnownRoots(Collection<X509Certificate> roots) {
    bySubject =
        roots.stream().collect(Collectors.groupingBy(X509Certificate::getSubjectX500Principal));
  }

  /// Those of the machine this runs on, read once.
  public static KnownRoots ofThisMachine() {
    return Machine.ROOTS;
  }

  /// Whether clients can go on from `certificate` by themselves: a known root issued it, or it is one (perhaps cross-signed).
  boolean anchor(X509Certificate certificate) {
    return named(certificate.getIssuerX500Principal()).stream()
            .anyMatch(root -> ChainChecks.issued(root, certificate))
        || named(certificate.getSubjectX500Principal()).stream()
            .anyMatch(root -> root.getPublicKey().equals(certificate.getPublicKey()));
  }

  /// All of them.
  public List<X509Certificate> all() {
    return bySubject.values().stream().flatMap(List::stream).toList();
  }

  int count() {
    return bySubject.size();
  }

  private List<X509Certificate> named(X500Principal subject) {
    return bySubject.getOrDefault(subject, List.of());
  }

  private static final class Machine {
    static final KnownRoots ROOTS = new KnownRoots(read());

    private static List<X509Certificate> read() {
      List<X509Certificate> roots = new ArrayList<>();
      try {
        TrustManagerFactory factory =
            TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        for (TrustManager manager : factory.getTrustManagers()) {
          if (manager instanceof X509TrustManager known) {
            roots.addAll(List.of(known.getAcceptedIssuers()));
          }
        }
      } catch (GeneralSecurityException e) {
        LOG.warn("the Java runtime's roots cannot be read: {}", e.toString());
      }
      try {
        if (Files.isReadable(SYSTEM)) {
          roots.addAll(PemCertificates.read(Files.readString(SYSTEM)));
        }
      } catch (IOException | CertificateException e) {
        LOG.warn("the roots in {} cannot be read: {}", SYSTEM, e.toString());
      }
      return roots;
    }
  }
}
