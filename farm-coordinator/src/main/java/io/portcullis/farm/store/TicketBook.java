package io.portcullis.farm.store;

import io.portcullis.farm.store.StoreException.Kind;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// The farm's session-ticket keys: one znode, each key sealed for a place of its own, changed by compare-and-set.
public final class TicketBook {
  private final Znodes znodes;
  private final FarmPaths paths;
  private final Secrets secrets;

  TicketBook(Znodes znodes, FarmPaths paths, Secrets secrets) {
    this.znodes = znodes;
    this.paths = paths;
    this.secrets = secrets;
  }

  /// @param sealed base64
  record StoredKey(long number, String state, String since, String sealed) {}

  record Stored(long generation, List<StoredKey> keys) {}

  public TicketRing read() throws StoreException {
    Optional<byte[]> bytes = znodes.bytes(paths.tickets());
    return bytes.isEmpty() ? TicketRing.NONE : open(paths.tickets(), bytes.get());
  }

  /// @param change gives the same ring back to leave everything as it is
  /// @return what the farm has now; somebody else's ring if they were faster
  public TicketRing update(UnaryOperator<TicketRing> change) throws StoreException {
    String path = paths.tickets();
    Optional<Znodes.Versioned<Stored>> before = znodes.readVersioned(path, Stored.class);
    if (before.isEmpty()) {
      TicketRing first = change.apply(TicketRing.NONE);
      return znodes.create(path, seal(path, first)) ? first : read();
    }
    TicketRing now = open(path, before.get().value());
    TicketRing after = change.apply(now);
    if (after.generation() == now.generation()) {
      return now;
    }
    byte[] bytes = seal(path, after);
    int version = before.get().version();
    return znodes.set(path, bytes, version) ? after : read();
  }

  /// @return whether any of it was sealed with an older farm key
  boolean reseal() throws StoreException {
    String path = paths.tickets();
    Optional<Znodes.Versioned<Stored>> found = znodes.readVersioned(path, Stored.class);
    boolean older =
        found.isPresent()
            && found.get().value().keys().stream()
                .anyMatch(key ->
                    secrets.isOfOlderKey(
                        place(path, key.number()), Base64.getDecoder().decode(key.sealed())));
    if (older) {
      TicketRing ring = open(path, found.get().value());
      boolean _ = znodes.set(path, seal(path, ring), found.get().version());
    }
    return older;
  }

  private byte[] seal(String path, TicketRing ring) throws StoreException {
    List<StoredKey> keys = new ArrayList<>();
    for (TicketRing.Key key : ring.keys()) {
      try {
        String sealed =
            Base64.getEncoder()
                .encodeToString(secrets.seal(place(path, key.number()), key.secret()));
        keys.add(new StoredKey(key.number(), key.state().name(), key.since().toString(), sealed));
      } catch (GeneralSecurityException e) {
        throw new StoreException(Kind.BAD_DATA, path + " cannot be sealed", e);
      }
    }
    return Znodes.encode(path, new Stored(ring.generation(), keys));
  }

  TicketRing open(String path, byte[] data) throws StoreException {
    return open(path, Znodes.decode(path, data, Stored.class));
  }

  private TicketRing open(String path, Stored stored) throws StoreException {
    List<TicketRing.Key> keys = new ArrayList<>();
    for (StoredKey key : stored.keys()) {
      try {
        byte[] secret =
            secrets.open(place(path, key.number()), Base64.getDecoder().decode(key.sealed()));
        keys.add(
            new TicketRing.Key(
                key.number(),
                TicketRing.State.valueOf(key.state()),
                Instant.parse(key.since()),
                secret));
      } catch (GeneralSecurityException | RuntimeException e) {
        throw new StoreException(
            Kind.BAD_DATA,
            path + " does not open with this farm key: is farm.key from another farm or backup?",
            e);
      }
    }
    return new TicketRing(stored.generation(), keys);
  }

  private static String place(String path, long number) {
    return path + "/" + number;
  }
}
