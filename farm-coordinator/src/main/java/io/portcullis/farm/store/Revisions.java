package io.portcullis.farm.store;

import io.portcullis.farm.store.StoreException.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/// The farm's configurations: an append-only list, and the number of the one that counts.
public final class Revisions {
  /// Years of changes for people; older ones are removed so that the tree stays bounded.
  static final int KEPT = 1000;

  private final Znodes znodes;
  private final FarmPaths paths;

  Revisions(Znodes znodes, FarmPaths paths) {
    this.znodes = znodes;
    this.paths = paths;
  }

  /// What happened to a write.
  public sealed interface Outcome {
    record Written(long revision) implements Outcome {}

    /// Someone else was faster: nothing was written.
    record Conflict(long current) implements Outcome {}
  }

  /// A revision as stored: its number is its name. Times are ISO-8601 text.
  record Stored(String author, String time, String reason, String source, String expanded) {}

  /// What `config/current` holds, with the znode version that a compare-and-set compares.
  record Cursor(long number, int version) {}

  /// 0 before the first.
  public long current() throws StoreException {
    return cursor().number();
  }

  public Optional<Revision> newest() throws StoreException {
    long number = current();
    return number == 0 ? Optional.empty() : read(number);
  }

  public Optional<Revision> read(long number) throws StoreException {
    String path = paths.revision(number);
    return znodes.read(path, Stored.class).map(stored -> revision(number, stored));
  }

  /// Newest first.
  ///
  /// @param limit how many at most
  public List<Revision> history(int limit) throws StoreException {
    List<Revision> history = new ArrayList<>();
    for (long number = current(); number > 0 && history.size() < limit; number--) {
      Optional<Revision> revision = read(number);
      if (revision.isEmpty()) {
        break;
      }
      history.add(revision.get());
    }
    return history;
  }

  /// Writes the successor of `expected` as [#write(long, Revision, Unconfirmed, ProposalBook.Open)] does, to stay, without a proposal.
  public Outcome write(long expected, Revision draft) throws StoreException {
    return write(expected, draft, Unconfirmed.NONE, null);
  }

  /// Writes the successor of `expected` if that is still current: the document, the cursor, how long it may stay unconfirmed, and the end
  /// of its proposal, in one transaction.
  ///
  /// @param draft its number is ignored
  /// @param proposal that the nodes accepted; null if they were not asked
  public Outcome write(
      long expected, Revision draft, Unconfirmed unconfirmed, ProposalBook.@Nullable Open proposal)
      throws StoreException {
    Cursor cursor = cursor();
    if (cursor.number() != expected) {
      return new Outcome.Conflict(cursor.number());
    }
    long number = expected + 1;
    byte[] document = Znodes.encode(paths.revision(number), stored(draft));
    boolean written = commit(cursor, number, document, unconfirmed, proposal);
    if (!written) {
      return new Outcome.Conflict(current());
    }
    if (number > KEPT) {
      znodes.delete(paths.revision(number - KEPT));
    }
    return new Outcome.Written(number);
  }

  private boolean commit(
      Cursor cursor,
      long number,
      byte[] document,
      Unconfirmed unconfirmed,
      ProposalBook.@Nullable Open proposal)
      throws StoreException {
    byte[] waiting = Znodes.encode(paths.unconfirmed(), unconfirmed);
    return znodes.run(
        paths.revision(number),
        client -> {
          CuratorOp create =
              client.transactionOp().create().forPath(paths.revision(number), document);
          CuratorOp move =
              client
                  .transactionOp()
                  .setData()
                  .withVersion(cursor.version())
                  .forPath(paths.current(), text(number));
          List<CuratorOp> operations = new ArrayList<>(List.of(create, move));
          operations.add(client.transactionOp().setData().forPath(paths.unconfirmed(), waiting));
          if (proposal != null) {
            operations.add(
                client
                    .transactionOp()
                    .delete()
                    .withVersion(proposal.version())
                    .forPath(paths.proposal()));
          }
          try {
            znodes.commit(client, operations.toArray(CuratorOp[]::new));
            return true;
          } catch (KeeperException.BadVersionException
              | KeeperException.NodeExistsException
              | KeeperException.NoNodeException e) {
            // After a lost connection the retry of our own success looks like someone else's.
            return client.checkExists().forPath(paths.revision(number)) != null
                && java.util.Arrays.equals(
                    client.getData().forPath(paths.revision(number)), document);
          }
        });
  }

  /// Puts revisions where they were in another farm, and makes one of them count, last.
  void restore(List<Revision> revisions, long current) throws StoreException {
    for (Revision revision : revisions) {
      String path = paths.revision(revision.number());
      znodes.create(path, Znodes.encode(path, stored(revision)));
    }
    znodes.run(
        paths.current(),
        client ->
            client
                .setData()
                .withVersion(cursor().version())
                .forPath(paths.current(), text(current)));
  }

  private static Stored stored(Revision revision) {
    return new Stored(
        revision.author(),
        revision.time().toString(),
        revision.reason(),
        revision.source(),
        revision.expanded());
  }

  /// What waits to be confirmed.
  public Unconfirmed unconfirmed() throws StoreException {
    return znodes.read(paths.unconfirmed(), Unconfirmed.class).orElse(Unconfirmed.NONE);
  }

  /// The revision that waits stays.
  ///
  /// @return its number; 0 if none waits
  public long confirm() throws StoreException {
    String path = paths.unconfirmed();
    Optional<Znodes.Versioned<Unconfirmed>> found = znodes.readVersioned(path, Unconfirmed.class);
    if (found.isEmpty() || found.get().value().isNone()) {
      return 0;
    }
    byte[] none = Znodes.encode(path, Unconfirmed.NONE);
    int version = found.get().version();
    return znodes.set(path, none, version) ? found.get().value().revision() : confirm();
  }

  Cursor cursor() throws StoreException {
    return znodes.run(
        paths.current(),
        client -> {
          Stat stat = new Stat();
          try {
            return parse(
                paths.current(),
                client.getData().storingStatIn(stat).forPath(paths.current()),
                stat);
          } catch (KeeperException.NoNodeException e) {
            return new Cursor(0, -1);
          }
        });
  }

  static Cursor parse(String path, byte[] data, Stat stat) throws StoreException {
    try {
      return new Cursor(
          Long.parseLong(new String(data, StandardCharsets.US_ASCII)), stat.getVersion());
    } catch (NumberFormatException e) {
      throw new StoreException(Kind.BAD_DATA, path + " is not a revision number", e);
    }
  }

  static byte[] text(long number) {
    return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
  }

  private static Revision revision(long number, Stored stored) {
    return new Revision(
        number,
        stored.author(),
        Instant.parse(stored.time()),
        stored.reason(),
        stored.source(),
        stored.expanded());
  }
}
