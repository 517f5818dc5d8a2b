package io.portcullis.farm.store;

import io.portcullis.farm.store.StoreException.Kind;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.KeeperException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who did what to the farm, in order, each entry bound to the one before it by a hash.
///
/// The parent znode holds the number and hash of the newest entry and is moved in the same transaction that writes it, so coordinators that
/// write at once make one chain. Changing, inserting or removing an entry breaks it, from the oldest kept to the newest. Whoever may write
/// everything here could forge a whole chain; each entry's hash is therefore in the coordinator's log too.
public final class AuditTrail {
  private static final Logger LOG = LoggerFactory.getLogger(AuditTrail.class);

  /// Enough for months of operators; the full record is the coordinator's log.
  static final int KEPT = 1000;

  /// Each loses to another that won; more in a row is a bug.
  private static final int ATTEMPTS = 50;

  private final Znodes znodes;
  private final FarmPaths paths;

  AuditTrail(Znodes znodes, FarmPaths paths) {
    this.znodes = znodes;
    this.paths = paths;
  }

  /// @param time ISO-8601
  /// @param previous hash of the entry before; empty for the first
  /// @param hash of number, time, who, what and previous: SHA-256 in hexadecimal
  public record Entry(
      long number, String time, String who, String what, String previous, String hash) {}

  /// Where the chain breaks first.
  public record Break(long number, String why) {}

  /// What the parent holds.
  record Head(long number, String hash) {
    static final Head NONE = new Head(0, "");

    Entry next(Instant time, String who, String what) {
      String when = time.toString();
      return new Entry(
          number + 1, when, who, what, hash, AuditTrail.hash(number + 1, when, who, what, hash));
    }
  }

  public void append(Instant time, String who, String what) throws StoreException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Znodes.Versioned<Head> head = head();
      Entry entry = head.value().next(time, who, what);
      if (write(head, entry)) {
        LOG.info("audit {} {}: {} ({})", entry.number(), who, what, entry.hash());
        forget(entry.number() - KEPT);
        return;
      }
    }
    throw new StoreException(Kind.BAD_DATA, paths.audit() + " is being written all the time");
  }

  private Znodes.Versioned<Head> head() throws StoreException {
    Optional<Znodes.Versioned<byte[]>> raw = znodes.bytesVersioned(paths.audit());
    if (raw.isEmpty()) {
      throw new StoreException(Kind.BAD_DATA, paths.audit() + " is missing");
    }
    byte[] bytes = raw.get().value();
    Head head = bytes.length == 0 ? Head.NONE : Znodes.decode(paths.audit(), bytes, Head.class);
    return new Znodes.Versioned<>(head, raw.get().version());
  }

  private boolean write(Znodes.Versioned<Head> head, Entry entry) throws StoreException {
    String path = path(entry.number());
    byte[] bytes = Znodes.encode(path, entry);
    byte[] next = Znodes.encode(paths.audit(), new Head(entry.number(), entry.hash()));
    return znodes.run(
        path,
        client -> {
          try {
            znodes.commit(
                client,
                client.transactionOp().create().forPath(path, bytes),
                client
                    .transactionOp()
                    .setData()
                    .withVersion(head.version())
                    .forPath(paths.audit(), next));
            return true;
          } catch (KeeperException.BadVersionException | KeeperException.NodeExistsException e) {
            // After a lost connection the retry of our own success looks like someone else's.
            return client.checkExists().forPath(path) != null
                && java.util.Arrays.equals(client.getData().forPath(path), bytes);
          }
        });
  }

  private void forget(long number) throws StoreException {
    if (number > 0) {
      znodes.delete(path(number));
    }
  }

  /// Newest first.
  ///
  /// @param limit how many at most
  public List<Entry> list(int limit) throws StoreException {
    List<Entry> entries = new ArrayList<>();
    for (String child :
        znodes.children(paths.audit()).stream()
            .sorted(Comparator.reverseOrder())
            .limit(limit)
            .toList()) {
      znodes.read(paths.audit() + "/" + child, Entry.class).ifPresent(entries::add);
    }
    return entries;
  }

  /// Follows the chain from the oldest kept entry to the head.
  ///
  /// @return empty if it holds
  public Optional<Break> verify() throws StoreException {
    Head head = head().value();
    // Entries that came while the list was read are not part of this look.
    return check(
        head,
        list(Integer.MAX_VALUE).reversed().stream()
            .filter(entry -> entry.number() <= head.number())
            .toList());
  }

  /// @param entries oldest first
  static Optional<Break> check(Head head, List<Entry> entries) {
    long expected = Math.max(1, head.number() - KEPT + 1);
    @Nullable String previous = null;
    for (Entry entry : entries) {
      if (previous == null && entry.number() < expected) {
        expected = entry.number();
      }
      if (entry.number() != expected) {
        return Optional.of(new Break(expected, "it is missing"));
      }
      if (!entry.hash().equals(hash(entry))) {
        return Optional.of(new Break(entry.number(), "its content is not what was hashed"));
      }
      if (previous != null && !previous.equals(entry.previous())) {
        return Optional.of(
            new Break(entry.number(), "it does not follow the entry that is before it"));
      }
      previous = entry.hash();
      expected++;
    }
    if (expected != head.number() + 1) {
      return Optional.of(new Break(expected, "it is missing"));
    }
    return previous == null || previous.equals(head.hash())
        ? Optional.empty()
        : Optional.of(new Break(head.number(), "it is not the entry that was written last"));
  }

  private String path(long number) {
    return paths.audit() + "/" + "%010d".formatted(number);
  }

  private static String hash(Entry entry) {
    return hash(entry.number(), entry.time(), entry.who(), entry.what(), entry.previous());
  }

  /// Lengths stand before the texts, so that no two entries have the same preimage.
  private static String hash(long number, String time, String who, String what, String previous) {
    StringBuilder text = new StringBuilder().append(number);
    for (String part : List.of(time, who, what, previous)) {
      text.append('\n').append(part.length()).append(':').append(part);
    }
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(text.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
