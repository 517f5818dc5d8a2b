package io.portcullis.farm.codec;

import io.portcullis.farm.model.CertificateRef;
import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.Listener;
import io.portcullis.farm.model.Pool.PoolTls;
import io.portcullis.farm.model.Problem;
import io.portcullis.farm.model.PublishingRule;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What can be wrong with certificate, key and trust files, told before anything is published.
public final class CertificateChecks {
  /// Far above a bundle of a thousand certificates; a file this big is not PEM.
  static final int MAX_CHARACTERS = 4 * 1024 * 1024;

  private CertificateChecks() {}

  /// Checks every file that a configuration names, and that the certificates carry the public names.
  ///
  /// @param expanded a configuration without `lync`
  /// @param files contents by the name used in the document; one that is not there is a problem
  public static List<Problem> all(FarmConfig expanded, Map<String, String> files, Instant now) {
    Set<Problem> problems = new LinkedHashSet<>();
    Map<String, String> chains = new HashMap<>();
    for (int i = 0; i < expanded.certificates().size(); i++) {
      CertificateRef certificate = expanded.certificates().get(i);
      String path = "certificates[" + i + "]";
      String chain = file(path + ".chainFile", certificate.chainFile(), files, problems);
      String key = file(path + ".keyFile", certificate.keyFile(), files, problems);
      problems.addAll(ChainChecks.of(path, chain, key, now, KnownRoots.ofThisMachine(), false));
      if (chain != null) {
        chains.put(certificate.name(), chain);
      }
    }
    Set<String> bundles = new LinkedHashSet<>();
    expanded
        .pools()
        .forEach(pool -> {
          PoolTls tls = pool.tls();
          String path = "pools[" + pool.name() + "].tls";
          if (tls != null && tls.trust() != null) {
            problems.addAll(trust(path + ".trust", tls.trust(), now));
          } else if (tls != null && tls.trustFile() != null && bundles.add(tls.trustFile())) {
            String bundle = file(path + ".trustFile", tls.trustFile(), files, problems);
            problems.addAll(bundle == null ? List.of() : trust(path + ".trustFile", bundle, now));
          }
        });
    problems.addAll(coverage(expanded, chains));
    return List.copyOf(problems);
  }

  private static @Nullable String file(
      String path, @Nullable String name, Map<String, String> files, Set<Problem> problems) {
    String text = name == null ? null : files.get(name);
    if (name != null && text == null) {
      problems.add(
          Problem.error(
              path,
              "file \"%s\" cannot be read".formatted(name),
              "names are relative to the document; check that it is there and readable"));
    }
    if (text != null && text.length() > MAX_CHARACTERS) {
      problems.add(
          Problem.error(
              path,
              "file \"%s\" has more than %,d characters".formatted(name, MAX_CHARACTERS),
              "name a PEM file"));
      return null;
    }
    return text;
  }

  /// Checks a chain with its key that is in use already: readable, in order, belonging together (errors); expired, incomplete,
  /// expiring, weak (warnings).
  ///
  /// @param name of the certificate in the document
  /// @param chainPem leaf first
  /// @param keyPem PKCS #8, PKCS #1 or SEC 1; an encrypted key is an error that says how to decrypt it
  public static List<Problem> check(String name, String chainPem, String keyPem, Instant now) {
    return ChainChecks.of(
        "certificates[" + name + "]", chainPem, keyPem, now, KnownRoots.ofThisMachine(), false);
  }

  /// The same for what a farm is to take in: expired and incomplete are errors.
  public static List<Problem> admit(String name, String chainPem, String keyPem, Instant now) {
    return admit(name, chainPem, keyPem, now, KnownRoots.ofThisMachine());
  }

  static List<Problem> admit(
      String name, String chainPem, String keyPem, Instant now, KnownRoots roots) {
    return ChainChecks.of("certificates[" + name + "]", chainPem, keyPem, now, roots, true);
  }

  /// Checks a pool's trust bundle.
  ///
  /// @param path of the bundle in the document: `pools[0].tls.trustFile`
  public static List<Problem> trust(String path, String bundlePem, Instant now) {
    if (ChainChecks.holdsPrivateKey(bundlePem)) {
      return List.of(
          Problem.error(
              path,
              "the trust bundle holds a private key, and bundles are kept in clear",
              "keep only the CERTIFICATE blocks in it"));
    }
    List<X509Certificate> trusted;
    try {
      trusted = PemCertificates.read(bundlePem);
    } catch (CertificateException e) {
      return List.of(
          Problem.error(
              path, String.valueOf(e.getMessage()), "export the bundle again as PEM (Base64)"));
    }
    if (trusted.isEmpty()) {
      return List.of(
          Problem.error(
              path,
              "the trust bundle holds no certificate (-----BEGIN CERTIFICATE-----)",
              "export the CA that issued the members' certificates as PEM: openssl x509 -inform der -in CA -out ca.pem"));
    }
    List<Problem> problems = new ArrayList<>();
    for (X509Certificate certificate : trusted) {
      if (certificate.getNotAfter().toInstant().isBefore(now)) {
        problems.add(
            Problem.warning(
                path,
                "\"%s\" in the trust bundle is expired".formatted(ChainChecks.subject(certificate)),
                "members whose certificates it issued will be refused; replace it"));
      }
    }
    return problems;
  }

  /// Warns of public names that no certificate of their listener carries.
  ///
  /// @param expanded a configuration without `lync`
  /// @param chains PEM chain by certificate name; a listener with one that is not there is not judged
  public static List<Problem> coverage(FarmConfig expanded, Map<String, String> chains) {
    List<Problem> problems = new ArrayList<>();
    Map<String, List<String>> ordered = ordered(expanded);
    for (int i = 0; i < expanded.listeners().size(); i++) {
      Listener listener = expanded.listeners().get(i);
      List<String> carried = carried(listener, chains, ordered);
      if (carried == null) {
        continue;
      }
      Set<String> bare = new LinkedHashSet<>();
      for (PublishingRule rule : expanded.rules()) {
        if (rule.listener().equals(listener.name())) {
          rule.publicNames().stream()
              .filter(name -> !name.equals("*") && !PemCertificates.covers(carried, name))
              .forEach(bare::add);
        }
      }
      if (!bare.isEmpty()) {
        problems.add(
            Problem.warning(
                "listeners[" + i + "].tls.certificates",
                "no certificate of listener \"%s\" carries %s"
                    .formatted(listener.name(), String.join(", ", bare)),
                "clients of these names will refuse to connect; request a certificate that lists them"));
      }
    }
    return problems;
  }

  /// The same, as a refusal.
  public static List<Problem> requireCoverage(FarmConfig expanded, Map<String, String> chains) {
    return coverage(expanded, chains).stream()
        .map(bare ->
            Problem.error(
                bare.path(),
                bare.message(),
                "request a certificate that lists them, or publish them without for now: apply --allow-uncovered-names"))
        .toList();
  }

  /// A certificate that the farm orders carries what it is ordered for, if not yet, then soon.
  private static Map<String, List<String>> ordered(FarmConfig config) {
    Map<String, List<String>> names = new HashMap<>();
    for (CertificateRef certificate : config.certificates()) {
      if (certificate.acme() != null) {
        names.put(
            certificate.name(),
            certificate.acme().names().stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .toList());
      }
    }
    return names;
  }

  private static @Nullable List<String> carried(
      Listener listener, Map<String, String> chains, Map<String, List<String>> ordered) {
    if (listener.tls() == null) {
      return null;
    }
    List<String> names = new ArrayList<>();
    for (String certificate : listener.tls().certificates()) {
      List<String> wanted = ordered.get(certificate);
      if (wanted != null) {
        names.addAll(wanted);
        continue;
      }
      String chain = chains.get(certificate);
      try {
        List<X509Certificate> read = chain == null ? List.of() : PemCertificates.read(chain);
        if (read.isEmpty()) {
          return null;
        }
        names.addAll(PemCertificates.names(read.getFirst()));
      } catch (CertificateException e) {
        return null;
      }
    }
    return names;
  }
}
