package io.portcullis.farm.store;

import io.portcullis.farm.store.StoreException.Kind;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// Keys that were made here and wait for their certificate, one for each name: sealed, for coordinators only.
public final class CertificateRequests {
  private final Znodes znodes;
  private final FarmPaths paths;
  private final Secrets secrets;

  CertificateRequests(Znodes znodes, FarmPaths paths, Secrets secrets) {
    this.znodes = znodes;
    this.paths = paths;
    this.secrets = secrets;
  }

  /// A request as an authority is sent it.
  ///
  /// @param names that the certificate has to carry
  /// @param csr PEM
  public record Waiting(String name, List<String> names, String csr, String by, Instant since) {
    public Waiting {
      names = List.copyOf(names);
    }
  }

  /// @param sealedKey the PEM text, sealed by [Secrets], in base64
  record Stored(List<String> names, String csr, String sealedKey, String by, String since) {}

  public Optional<Waiting> read(String name) throws StoreException {
    return znodes.read(paths.request(name), Stored.class).map(stored -> waiting(name, stored));
  }

  public List<Waiting> all() throws StoreException {
    List<Waiting> all = new ArrayList<>();
    for (String segment : znodes.children(paths.requests()).stream().sorted().toList()) {
      read(FarmPaths.name(segment)).ifPresent(all::add);
    }
    return all;
  }

  /// @return false if another request of that name waits
  public boolean put(Waiting request, String keyPem) throws StoreException {
    String path = paths.request(request.name());
    return znodes.create(path, sealed(path, request, keyPem));
  }

  private byte[] sealed(String path, Waiting request, String keyPem) throws StoreException {
    try {
      String sealed =
          Base64.getEncoder()
              .encodeToString(secrets.seal(path, keyPem.getBytes(StandardCharsets.UTF_8)));
      return Znodes.encode(
          path,
          new Stored(
              request.names(), request.csr(), sealed, request.by(), request.since().toString()));
    } catch (GeneralSecurityException e) {
      throw new StoreException(Kind.BAD_DATA, path + " cannot be sealed", e);
    }
  }

  /// The key of a request that waits, PEM.
  public Optional<String> key(String name) throws StoreException {
    String path = paths.request(name);
    Optional<Stored> stored = znodes.read(path, Stored.class);
    if (stored.isEmpty()) {
      return Optional.empty();
    }
    try {
      byte[] sealed = Base64.getDecoder().decode(stored.get().sealedKey());
      return Optional.of(new String(secrets.open(path, sealed), StandardCharsets.UTF_8));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new StoreException(
          Kind.BAD_DATA,
          path + " does not open with this farm key: is farm.key from another farm or backup?",
          e);
    }
  }

  /// @return whether its key was sealed with an older farm key
  boolean reseal(String name) throws StoreException {
    String path = paths.request(name);
    Optional<Znodes.Versioned<Stored>> found = znodes.readVersioned(path, Stored.class);
    if (found.isEmpty()
        || !secrets.isOfOlderKey(
            path, Base64.getDecoder().decode(found.get().value().sealedKey()))) {
      return false;
    }
    Optional<String> key = key(name);
    if (key.isPresent()) {
      Waiting request = waiting(name, found.get().value());
      boolean _ = znodes.set(path, sealed(path, request, key.get()), found.get().version());
    }
    return true;
  }

  /// Forgets the key with it.
  public void remove(String name) throws StoreException {
    znodes.delete(paths.request(name));
  }

  private static Waiting waiting(String name, Stored stored) {
    return new Waiting(
        name, stored.names(), stored.csr(), stored.by(), Instant.parse(stored.since()));
  }
}
