package io.portcullis.farm.store;

import io.portcullis.farm.binding.BadEntry;
import io.portcullis.farm.binding.BindingBatch;
import io.portcullis.farm.binding.BindingReplica;
import io.portcullis.farm.binding.BindingSnapshot;
import io.portcullis.farm.binding.BindingTable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.transaction.CuratorTransactionResult;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooKeeper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where the log of bindings and its snapshots lie in ZooKeeper, and how they are read and written.
public final class BindingStorage {
  private static final Logger LOG = LoggerFactory.getLogger(BindingStorage.class);

  static final long FIRST_EPOCH = 1;

  /// Requests on the wire at once: a snapshot's parts are nearly a megabyte each.
  static final int PIPELINE = 32;

  private static final long ANSWER_SECONDS = 30;

  private final CuratorFramework client;
  private final Znodes znodes;
  private final FarmPaths paths;

  BindingStorage(CuratorFramework client, Znodes znodes, FarmPaths paths) {
    this.client = client;
    this.znodes = znodes;
    this.paths = paths;
  }

  /// What lies at a number of an epoch, or that nothing does.
  record Entry(@SuppressWarnings("ArrayRecordComponent") byte[] bytes, long created) {
    private static final Entry NONE = new Entry(new byte[0], -1);

    boolean exists() {
      return created >= 0;
    }
  }

  boolean exists(long epoch) throws Exception {
    return client.checkExists().forPath(paths.bindingEpoch(epoch)) != null;
  }

  /// One more than the last number in an epoch.
  int length(long epoch) throws Exception {
    int length = 0;
    try {
      for (String name : client.getChildren().forPath(paths.bindingEpoch(epoch))) {
        length = Math.max(length, 1 + Integer.parseInt(name.substring(name.indexOf('-') + 1)));
      }
    } catch (KeeperException.NoNodeException e) {
      // Taken away meanwhile: whoever reads on will see.
    }
    return length;
  }

  /// Entries by number, up to [#PIPELINE] of them.
  List<Entry> entries(long epoch, int from, int end) throws Exception {
    List<String> wanted = new ArrayList<>();
    for (int i = from; i < Math.min(end, from + PIPELINE); i++) {
      wanted.add(paths.bindingEntry(epoch, i));
    }
    return read(wanted);
  }

  private List<Entry> read(List<String> wanted) throws Exception {
    ZooKeeper zookeeper = client.getZookeeperClient().getZooKeeper();
    List<CompletableFuture<Entry>> answers = new ArrayList<>();
    for (String path : wanted) {
      CompletableFuture<Entry> answer = new CompletableFuture<>();
      zookeeper.getData(
          path,
          false,
          (code, _, _, bytes, stat) -> {
            if (code == Code.OK.intValue()) {
              answer.complete(new Entry(bytes, stat.getCtime()));
            } else if (code == Code.NONODE.intValue()) {
              answer.complete(Entry.NONE);
            } else {
              answer.completeExceptionally(KeeperException.create(Code.get(code), path));
            }
          },
          null);
      answers.add(answer);
    }
    List<Entry> entries = new ArrayList<>();
    for (CompletableFuture<Entry> answer : answers) {
      entries.add(answer.get(ANSWER_SECONDS, TimeUnit.SECONDS));
    }
    return entries;
  }

  /// Begins at the newest snapshot that is whole, or at the beginning of the log.
  void load(BindingReplica replica) throws Exception {
    for (long epoch : epochs(paths.bindingSnapshots()).reversed()) {
      BindingTable table = table(epoch);
      if (table != null) {
        replica.install(table, epoch);
        return;
      }
    }
    List<Long> epochs = epochs(paths.bindingLog());
    if (epochs.isEmpty()) {
      throw new StoreException(
          StoreException.Kind.BAD_DATA, paths.bindingLog() + " has no epoch yet");
    }
    if (epochs.getFirst() > FIRST_EPOCH) {
      LOG.error(
          "the log of bindings begins at epoch {} and no snapshot before it is whole: bindings that were older are lost",
          epochs.getFirst());
    }
    replica.install(new BindingTable(), epochs.getFirst());
  }

  private @org.jspecify.annotations.Nullable BindingTable table(long epoch) throws Exception {
    try {
      Entry manifest = read(List.of(paths.bindingManifest(epoch))).getFirst();
      if (!manifest.exists()) {
        return null;
      }
      int count = BindingSnapshot.partsOf(manifest.bytes());
      List<byte[]> parts = new ArrayList<>();
      for (int part = 0; part < count; part += 4) {
        List<String> some = new ArrayList<>();
        for (int i = part; i < Math.min(count, part + 4); i++) {
          some.add(paths.bindingPart(epoch, i));
        }
        for (Entry entry : read(some)) {
          parts.add(entry.bytes());
        }
      }
      return new BindingSnapshot(manifest.bytes(), parts).table();
    } catch (BadEntry e) {
      LOG.error("the snapshot of bindings of epoch {} is of no use: {}", epoch, e.getMessage());
      return null;
    }
  }

  private List<Long> epochs(String parent) throws Exception {
    try {
      return client.getChildren().forPath(parent).stream()
          .flatMapToLong(BindingStorage::number)
          .sorted()
          .boxed()
          .toList();
    } catch (KeeperException.NoNodeException e) {
      return List.of();
    }
  }

  private static LongStream number(String name) {
    return name.chars().allMatch(Character::isDigit)
        ? LongStream.of(Long.parseLong(name))
        : LongStream.empty();
  }

  /// Where the log that is kept begins.
  public long oldestEpoch() throws StoreException {
    return znodes.run(paths.bindingLog(), _ -> epochs(paths.bindingLog())).getFirst();
  }

  /// Puts a batch of no origin into an epoch.
  void append(long epoch, BindingBatch batch) throws StoreException {
    String path = paths.bindingEntry(epoch);
    byte[] entry = batch.encode();
    List<CuratorTransactionResult> _ =
        znodes.run(
            path,
            c ->
                znodes.commit(
                    c,
                    c.transactionOp()
                        .create()
                        .withMode(CreateMode.PERSISTENT_SEQUENTIAL)
                        .forPath(path, entry)));
  }

  /// Makes room for an epoch before the one before it is sealed.
  public void open(long epoch) throws StoreException {
    boolean _ = znodes.create(paths.bindingEpoch(epoch), new byte[0]);
  }

  /// Writes a snapshot, its manifest last. Whoever else writes the same one writes the same bytes.
  public void write(long epoch, BindingSnapshot snapshot) throws StoreException {
    for (int i = 0; i < snapshot.parts().size(); i++) {
      boolean _ = znodes.create(paths.bindingPart(epoch, i), snapshot.parts().get(i));
    }
    boolean _ = znodes.create(paths.bindingManifest(epoch), snapshot.manifest());
  }

  /// The log of a farm that is new begins with this table at this epoch. It may be cut short and done again.
  void begin(long epoch, BindingSnapshot snapshot) throws StoreException {
    open(epoch);
    write(epoch, snapshot);
    for (long before : znodes.run(paths.bindingLog(), _ -> epochs(paths.bindingLog()))) {
      if (before < epoch) {
        remove(paths.bindingEpoch(before));
      }
    }
  }

  /// Takes away what nobody needs who begins at the snapshot before the newest: older snapshots, and the log before it.
  public void clear(long newest) throws StoreException {
    List<Long> snapshots =
        znodes.run(paths.bindingSnapshots(), _ -> epochs(paths.bindingSnapshots()));
    long keep =
        snapshots.stream().filter(epoch -> epoch < newest).reduce((_, last) -> last).orElse(newest);
    for (long epoch : snapshots) {
      if (epoch < keep) {
        // The manifest first: a snapshot is whole or has none.
        boolean _ = znodes.delete(paths.bindingManifest(epoch));
        remove(paths.bindingSnapshot(epoch));
      }
    }
    for (long epoch : znodes.run(paths.bindingLog(), _ -> epochs(paths.bindingLog()))) {
      if (epoch < keep) {
        remove(paths.bindingEpoch(epoch));
      }
    }
  }

  private void remove(String parent) throws StoreException {
    for (String child : znodes.children(parent)) {
      boolean _ = znodes.delete(parent + "/" + child);
    }
    boolean _ = znodes.delete(parent);
  }
}
