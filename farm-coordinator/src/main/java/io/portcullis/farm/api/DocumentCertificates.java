package io.portcullis.farm.api;

import io.portcullis.farm.codec.CertificateChecks;
import io.portcullis.farm.model.Acme;
import io.portcullis.farm.model.CertificateRef;
import io.portcullis.farm.model.Problem;
import io.portcullis.farm.store.CertificateShelf;
import io.portcullis.farm.store.StoreException;
import io.portcullis.farm.store.StoredCertificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a document's certificates become in the store: checked first, put on the shelf only when everything else is fine.
final class DocumentCertificates {
  private final CertificateShelf shelf;
  private final DocumentFiles files;
  private final Instant now;
  private final List<Problem> problems = new ArrayList<>();
  private final Map<String, String> chains = new HashMap<>();
  private final List<Import> imports = new ArrayList<>();

  /// A certificate whose files came with the document.
  private record Import(String name, String chain, String key) {}

  DocumentCertificates(CertificateShelf shelf, DocumentFiles files, Instant now) {
    this.shelf = shelf;
    this.files = files;
    this.now = now;
  }

  List<Problem> problems() {
    return problems;
  }

  /// PEM chains by certificate name, as far as known.
  Map<String, String> chains() {
    return chains;
  }

  /// The same certificates by the version they have, or would get, in the store.
  List<CertificateRef> resolve(List<CertificateRef> references) throws StoreException {
    List<CertificateRef> resolved = new ArrayList<>();
    for (int i = 0; i < references.size(); i++) {
      resolved.add(resolve("certificates[" + i + "]", references.get(i)));
    }
    return resolved;
  }

  private CertificateRef resolve(String path, CertificateRef reference) throws StoreException {
    String chainFile = reference.chainFile();
    String keyFile = reference.keyFile();
    if (reference.acme() != null) {
      return ordered(path, reference, reference.acme());
    }
    if (chainFile == null || keyFile == null) {
      return stored(path, reference);
    }
    String chain = files.text(path + ".chainFile", chainFile);
    String key = files.text(path + ".keyFile", keyFile);
    if (chain == null || key == null) {
      return reference;
    }
    problems.addAll(CertificateChecks.admit(reference.name(), chain, key, now));
    chains.put(reference.name(), chain);
    imports.add(new Import(reference.name(), chain, key));
    return reference.stored(shelf.versionFor(reference.name(), chain, key));
  }

  /// What the farm has under this name serves until the authority has issued; a stand-in of each node does where there is nothing.
  private CertificateRef ordered(String path, CertificateRef reference, Acme acme)
      throws StoreException {
    Optional<StoredCertificate> found = shelf.latest(reference.name());
    if (found.isEmpty()) {
      problems.add(
          Problem.warning(
              path,
              "certificate \"%s\" is ordered from %s: until it is there, clients meet a self-signed one"
                  .formatted(reference.name(), acme.directory()),
              "\"farmctl certificate list\" shows how far the order is"));
      return reference;
    }
    StoredCertificate certificate = found.get();
    problems.addAll(
        CertificateChecks.check(
            reference.name(), certificate.chainPem(), certificate.keyPem(), now));
    chains.put(reference.name(), certificate.chainPem());
    return reference.stored(certificate.version());
  }

  private CertificateRef stored(String path, CertificateRef reference) throws StoreException {
    String name = reference.name();
    Integer wanted = reference.version();
    Optional<StoredCertificate> found =
        wanted == null ? shelf.latest(name) : shelf.read(name, wanted);
    if (found.isEmpty()) {
      problems.add(
          Problem.error(
              path,
              wanted == null
                  ? "the farm holds no certificate \"%s\" yet".formatted(name)
                  : "the farm holds no version %d of certificate \"%s\"".formatted(wanted, name),
              "name its chainFile and keyFile"));
      return reference;
    }
    StoredCertificate certificate = found.get();
    problems.addAll(
        CertificateChecks.check(name, certificate.chainPem(), certificate.keyPem(), now));
    chains.put(name, certificate.chainPem());
    return reference.stored(certificate.version());
  }

  /// Puts what is new on the shelf.
  ///
  /// @return the same references by the version they really got
  List<CertificateRef> store(List<CertificateRef> resolved) throws StoreException {
    Map<String, Integer> versions = new HashMap<>();
    for (Import imported : imports) {
      versions.put(imported.name(), shelf.put(imported.name(), imported.chain(), imported.key()));
    }
    return resolved.stream()
        .map(reference -> {
          Integer version = versions.get(reference.name());
          return version == null ? reference : reference.stored(version);
        })
        .toList();
  }
}
