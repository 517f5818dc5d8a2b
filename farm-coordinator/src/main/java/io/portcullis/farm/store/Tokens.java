package io.portcullis.farm.store;

import io.portcullis.farm.model.Network;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.curator.framework.api.transaction.CuratorTransactionResult;
import org.apache.zookeeper.KeeperException;
import org.jspecify.annotations.Nullable;

/// Join tokens, by the SHA-256 of their secret: the store never holds what would let its reader join.
///
/// A used token leaves its place marked for a week, so that whoever tries it again learns who was faster. Until it expires it is good once more
/// for the key that used it: a machine that lost its power before it had kept its identity goes on where it was.
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

    /// It was used by the key that shows it once more: the answer was lost on the way, or before it was on the disk.
    ///
    /// @param at when, which is when the member `by` was entered
    record Again(String role, Instant at, String by) implements Use {}

    /// It is good, and was not used: the newcomer needs another name.
    record NameTaken() implements Use {}

    /// It is for another place.
    record Elsewhere(String allowed) implements Use {}
  }

  /// What a token is good for.
  ///
  /// @param from where it may be shown from; null = anywhere
  public record Grant(String role, Instant expires, @Nullable Network from) {}

  /// @param usedAt empty while unused
  /// @param from null = anywhere
  /// @param usedKey of who used it, hex; null while unused, and from an older coordinator
  record Stored(
      String role,
      String expires,
      String author,
      String usedAt,
      String usedBy,
      @Nullable String from,
      @Nullable String usedKey) {

    static Stored of(Grant grant, String author) {
      String from = grant.from() == null ? null : grant.from().toString();
      return new Stored(grant.role(), grant.expires().toString(), author, "", "", from, null);
    }

    Stored used(Instant now, String by, @Nullable String key) {
      return new Stored(role, expires, author, now.toString(), by, from, key);
    }
  }

  public void create(String secret, Grant grant, String author, Instant now) throws StoreException {
    forgetOld(now);
    String path = paths.token(hash(secret));
    znodes.create(path, Znodes.encode(path, Stored.of(grant, author)));
  }

  /// What `secret` would give if it is shown from `from`, without using it.
  ///
  /// @param key of whoever shows it, hex
  public Use look(String secret, String key, InetAddress from, Instant now) throws StoreException {
    Optional<Stored> stored = znodes.read(paths.token(hash(secret)), Stored.class);
    return stored.isEmpty() ? new Use.Unknown() : judge(stored.get(), key, from, now);
  }

  /// Uses a token for a newcomer. Of any number of callers with one token, at most one is granted: the mark is a versioned write, and
  /// the newcomer becomes a member with it or not at all.
  ///
  /// @param key of the newcomer, hex
  /// @param newcomer issued `now`
  public Use use(String secret, String key, Nodes.Member newcomer, InetAddress from, Instant now)
      throws StoreException {
    String path = paths.token(hash(secret));
    Optional<Znodes.Versioned<Stored>> found = znodes.readVersioned(path, Stored.class);
    if (found.isEmpty()) {
      return new Use.Unknown();
    }
    Stored stored = found.get().value();
    Use use = judge(stored, key, from, now);
    if (!(use instanceof Use.Granted)) {
      return use;
    }
    byte[] marked = Znodes.encode(path, stored.used(now, newcomer.id(), key));
    String place = paths.member(newcomer.id());
    byte[] entry = Znodes.encode(place, newcomer);
    return znodes.run(
        path,
        client -> {
          CuratorOp mark =
              client
                  .transactionOp()
                  .setData()
                  .withVersion(found.get().version())
                  .forPath(path, marked);
          try {
            List<CuratorTransactionResult> _ =
                znodes.commit(client, mark, client.transactionOp().create().forPath(place, entry));
            return use;
          } catch (KeeperException.NodeExistsException e) {
            return new Use.NameTaken();
          } catch (KeeperException.BadVersionException | KeeperException.NoNodeException e) {
            Use others = look(secret, key, from, now);
            if (others instanceof Use.Granted) {
              throw new StoreException(
                  StoreException.Kind.BAD_DATA, "nobody can be entered at " + place, e);
            }
            return others;
          }
        });
  }

  private static Use judge(Stored stored, String key, InetAddress from, Instant now) {
    boolean used = !stored.usedAt().isEmpty();
    if (used && !key.equals(stored.usedKey())) {
      return new Use.Used(Instant.parse(stored.usedAt()), stored.usedBy());
    }
    Instant expires = Instant.parse(stored.expires());
    if (!now.isBefore(expires)) {
      return new Use.Expired(expires);
    }
    String allowed = stored.from();
    if (allowed != null && Network.parse(allowed).filter(in -> in.contains(from)).isEmpty()) {
      return new Use.Elsewhere(allowed);
    }
    return used
        ? new Use.Again(stored.role(), Instant.parse(stored.usedAt()), stored.usedBy())
        : new Use.Granted(stored.role());
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
        byte[] marked = Znodes.encode(path, old.used(now, why, null));
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
