package io.portcullis.farm.store;

import io.portcullis.farm.model.Network;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import org.apache.zookeeper.KeeperException;
import org.jspecify.annotations.Nullable;

/// Join tokens, by the SHA-256 of their secret: the store never holds what would let its reader join.
///
/// A used token leaves its place marked for a week, so that whoever tries it again learns who was faster.
public final class Tokens {
  /// Long enough for "who used my token?", short enough to keep the list small.
  private static final Duration REMEMBERED = Duration.ofDays(7);

  private final Znodes znodes;
  private final FarmPaths paths;

  Tokens(Znodes znodes, FarmPaths paths) {
    this.znodes = znodes;
    this.paths = paths;
  }

  /// What becomes of a token that somebody shows.
  public sealed interface Use {
    /// It was good, and is used up now.
    record Granted(String role) implements Use {}

    record Unknown() implements Use {}

    record Expired(Instant at) implements Use {}

    record Used(Instant at, String by) implements Use {}

    /// It is for another place.
    record Elsewhere(String allowed) implements Use {}
  }

  /// What a token is good for.
  ///
  /// @param from where it may be shown from; null = anywhere
  public record Grant(String role, Instant expires, @Nullable Network from) {}

  /// @param usedAt empty while unused
  /// @param from null = anywhere
  record Stored(
      String role,
      String expires,
      String author,
      String usedAt,
      String usedBy,
      @Nullable String from) {}

  public void create(String secret, Grant grant, String author, Instant now) throws StoreException {
    forgetOld(now);
    String path = paths.token(hash(secret));
    String from = grant.from() == null ? null : grant.from().toString();
    znodes.create(
        path,
        Znodes.encode(
            path, new Stored(grant.role(), grant.expires().toString(), author, "", "", from)));
  }

  /// What `secret` would give if it is shown from `from`, without using it.
  public Use look(String secret, InetAddress from, Instant now) throws StoreException {
    Optional<Stored> stored = znodes.read(paths.token(hash(secret)), Stored.class);
    return stored.isEmpty() ? new Use.Unknown() : judge(stored.get(), from, now);
  }

  /// Uses a token. Of any number of callers with one token, at most one is granted: the mark is a versioned write.
  ///
  /// @param by who joins, for the answer to the next one
  public Use consume(String secret, String by, InetAddress from, Instant now)
      throws StoreException {
    String path = paths.token(hash(secret));
    Optional<Znodes.Versioned<Stored>> found = znodes.readVersioned(path, Stored.class);
    if (found.isEmpty()) {
      return new Use.Unknown();
    }
    Stored stored = found.get().value();
    Use use = judge(stored, from, now);
    if (!(use instanceof Use.Granted)) {
      return use;
    }
    byte[] marked =
        Znodes.encode(
            path,
            new Stored(
                stored.role(),
                stored.expires(),
                stored.author(),
                now.toString(),
                by,
                stored.from()));
    return znodes.run(
        path,
        client -> {
          try {
            client.setData().withVersion(found.get().version()).forPath(path, marked);
            return use;
          } catch (KeeperException.BadVersionException | KeeperException.NoNodeException e) {
            return look(secret, from, now);
          }
        });
  }

  private static Use judge(Stored stored, InetAddress from, Instant now) {
    if (!stored.usedAt().isEmpty()) {
      return new Use.Used(Instant.parse(stored.usedAt()), stored.usedBy());
    }
    Instant expires = Instant.parse(stored.expires());
    if (!now.isBefore(expires)) {
      return new Use.Expired(expires);
    }
    String allowed = stored.from();
    return allowed == null || Network.parse(allowed).filter(in -> in.contains(from)).isPresent()
        ? new Use.Granted(stored.role())
        : new Use.Elsewhere(allowed);
  }

  /// Voids every token that nobody has used.
  ///
  /// @param why the answer to whoever shows one, in the place of who used it
  /// @return how many
  public int voidUnused(String why, Instant now) throws StoreException {
    int voided = 0;
    for (String hash : znodes.children(paths.tokens())) {
      String path = paths.token(hash);
      Optional<Znodes.Versioned<Stored>> found = znodes.readVersioned(path, Stored.class);
      if (found.isPresent() && found.get().value().usedAt().isEmpty()) {
        Stored old = found.get().value();
        byte[] marked =
            Znodes.encode(
                path,
                new Stored(
                    old.role(), old.expires(), old.author(), now.toString(), why, old.from()));
        voided += znodes.set(path, marked, found.get().version()) ? 1 : 0;
      }
    }
    return voided;
  }

  private void forgetOld(Instant now) throws StoreException {
    for (String hash : znodes.children(paths.tokens())) {
      String path = paths.token(hash);
      Optional<Stored> stored = znodes.read(path, Stored.class);
      if (stored.isPresent()
          && Instant.parse(stored.get().expires()).plus(REMEMBERED).isBefore(now)) {
        znodes.delete(path);
      }
    }
  }

  private static String hash(String secret) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
