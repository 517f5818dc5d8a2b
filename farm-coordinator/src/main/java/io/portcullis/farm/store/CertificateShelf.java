package io.portcullis.farm.store;

import io.portcullis.farm.store.StoreException.Kind;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Certificates by name and version: chains in clear, keys sealed. A version never changes.
public final class CertificateShelf {
  private final Znodes znodes;
  private final FarmPaths paths;
  private final Secrets secrets;

  CertificateShelf(Znodes znodes, FarmPaths paths, Secrets secrets) {
    this.znodes = znodes;
    this.paths = paths;
    this.secrets = secrets;
  }

  /// @param sealedKey the PEM text, sealed by [Secrets], in base64
  /// @param origin directory of the authority that the farm ordered it from; null = an operator brought it
  record Stored(String chain, String sealedKey, @Nullable String origin) {}

  /// @return the version that holds exactly this: the latest if it does, else a new one
  public int put(String name, String chainPem, String keyPem) throws StoreException {
    return put(name, chainPem, keyPem, null);
  }

  /// @param origin directory of the authority that the farm ordered it from
  public int put(String name, String chainPem, String keyPem, @Nullable String origin)
      throws StoreException {
    while (true) {
      Optional<StoredCertificate> latest = latest(name);
      if (latest.isPresent() && latest.get().holds(chainPem, keyPem)) {
        return latest.get().version();
      }
      int version = latest.map(StoredCertificate::version).orElse(0) + 1;
      String path = paths.certificate(name, version);
      String sealed = seal(path, keyPem);
      if (znodes.create(path, Znodes.encode(path, new Stored(chainPem, sealed, origin)))) {
        return version;
      }
      // Someone else imported at the same time: look at theirs.
    }
  }

  public Optional<StoredCertificate> read(String name, int version) throws StoreException {
    String path = paths.certificate(name, version);
    Optional<Stored> stored = znodes.read(path, Stored.class);
    if (stored.isEmpty()) {
      return Optional.empty();
    }
    try {
      String key =
          new String(
              secrets.open(path, Base64.getDecoder().decode(stored.get().sealedKey())),
              StandardCharsets.UTF_8);
      return Optional.of(new StoredCertificate(name, version, stored.get().chain(), key));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new StoreException(
          Kind.BAD_DATA,
          path + " does not open with this farm key: is farm.key from another farm or backup?",
          e);
    }
  }

  /// The chain of a version, without opening its key.
  public Optional<String> chain(String name, int version) throws StoreException {
    return stored(name, version).map(Stored::chain);
  }

  /// The version that [#put] would answer, without writing.
  public int versionFor(String name, String chainPem, String keyPem) throws StoreException {
    Optional<StoredCertificate> latest = latest(name);
    int version = latest.map(StoredCertificate::version).orElse(0);
    return latest.isPresent() && latest.get().holds(chainPem, keyPem) ? version : version + 1;
  }

  /// Every name that has a version.
  public List<String> names() throws StoreException {
    return znodes.children(paths.certificates()).stream().map(FarmPaths::name).sorted().toList();
  }

  /// @param chainPem in clear, leaf first
  /// @param origin directory of the authority that the farm ordered it from; null = an operator brought it
  public record Newest(int version, String chainPem, @Nullable String origin) {}

  /// The newest chain of a name, without opening its key.
  public Optional<Newest> newest(String name) throws StoreException {
    int version = newestVersion(name);
    return stored(name, version)
        .map(stored -> new Newest(version, stored.chain(), stored.origin()));
  }

  private Optional<Stored> stored(String name, int version) throws StoreException {
    return znodes.read(paths.certificate(name, version), Stored.class);
  }

  /// Directory of the authority that the farm ordered this version from.
  Optional<String> origin(String name, int version) throws StoreException {
    return stored(name, version).map(Stored::origin);
  }

  /// Every version of a name, oldest first.
  public List<Integer> versions(String name) throws StoreException {
    return znodes.children(paths.certificate(name)).stream()
        .map(CertificateShelf::number)
        .filter(number -> number > 0)
        .sorted()
        .toList();
  }

  /// Takes a version away for good, with its key.
  public void remove(String name, int version) throws StoreException {
    boolean _ = znodes.delete(paths.certificate(name, version));
  }

  /// Puts a version where it was in another farm; one that is there stays.
  void restore(StoredCertificate certificate, @Nullable String origin) throws StoreException {
    String path = paths.certificate(certificate.name(), certificate.version());
    znodes.create(
        path,
        Znodes.encode(
            path, new Stored(certificate.chainPem(), seal(path, certificate.keyPem()), origin)));
  }

  /// @return whether its key was sealed with an older farm key
  boolean reseal(String name, int version) throws StoreException {
    String path = paths.certificate(name, version);
    Optional<Znodes.Versioned<Stored>> found = znodes.readVersioned(path, Stored.class);
    if (found.isEmpty()
        || !secrets.isOfOlderKey(
            path, Base64.getDecoder().decode(found.get().value().sealedKey()))) {
      return false;
    }
    Optional<StoredCertificate> opened = read(name, version);
    if (opened.isPresent()) {
      Stored again =
          new Stored(
              opened.get().chainPem(),
              seal(path, opened.get().keyPem()),
              found.get().value().origin());
      boolean _ = znodes.set(path, Znodes.encode(path, again), found.get().version());
    }
    return true;
  }

  /// The newest version of a name; empty if there is none.
  public Optional<StoredCertificate> latest(String name) throws StoreException {
    int version = newestVersion(name);
    return version == 0 ? Optional.empty() : read(name, version);
  }

  private int newestVersion(String name) throws StoreException {
    return znodes.children(paths.certificate(name)).stream()
        .mapToInt(CertificateShelf::number)
        .max()
        .orElse(0);
  }

  private static int number(String child) {
    try {
      return Integer.parseInt(child);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private String seal(String path, String keyPem) throws StoreException {
    try {
      return Base64.getEncoder()
          .encodeToString(secrets.seal(path, keyPem.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new StoreException(Kind.BAD_DATA, path + " cannot be sealed", e);
    }
  }
}
