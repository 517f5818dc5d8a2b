package io.portcullis.farm.leader;

import io.portcullis.farm.binding.BindingBatch;
import io.portcullis.farm.binding.BindingExpiry;
import io.portcullis.farm.binding.BindingOp;
import io.portcullis.farm.binding.BindingReplica;
import io.portcullis.farm.binding.BindingSnapshot;
import io.portcullis.farm.store.BindingLog;
import io.portcullis.farm.store.Leadership;
import io.portcullis.farm.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the leader does for the bindings: keeps the log's time going, forgets idle ones, ends epochs, and writes snapshots.
///
/// Each write is checked against the leader's term. All of it would be harmless from two leaders at once too: an expiry says up to which use it holds, only the first seal of an epoch counts, and the
/// snapshot at an epoch's beginning has the same bytes whoever writes it.
public final class BindingChores implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BindingChores.class);

  private static final Duration PAUSE = Duration.ofMillis(100);

  /// So that the log's time goes on by more than idle moments: it moves by a minute at most between two entries.
  private static final Duration TICK = Duration.ofSeconds(10);

  /// A seal that did not come back so long after it was written was lost.
  private static final Duration SEAL_AGAIN = Duration.ofSeconds(5);

  private final BindingLog log;
  private final BindingExpiry expiry;
  private final Limits limits;
  private final AtomicBoolean writing = new AtomicBoolean();
  private final Rounds<Leadership> rounds;

  /// Of the last round: what begins a snapshot, which is refused if another leads by then.
  private volatile @Nullable Leadership last;

  private volatile long snapshotEpoch;

  /// On the log's thread: how much of it had been read when this epoch, and the newest snapshot, began.
  private long epochAt;

  private long snapshotAt;
  private long sealed;
  private long sealedAt;
  private long ticked = System.nanoTime();

  /// When an epoch ends and a snapshot is due.
  ///
  /// @param entries in an epoch: listing it must stay cheap, and ZooKeeper cannot answer with 100,000 names
  /// @param epochs between two snapshots: what a joining node reads after its snapshot
  /// @param bytes between two snapshots: ZooKeeper keeps the log in memory, on every coordinator, from the snapshot before the newest
  public record Limits(int entries, int epochs, long bytes) {
    public static final Limits USUAL = new Limits(800, 16, 64L * 1024 * 1024);

    boolean endsEpoch(int entries, long bytes) {
      return entries >= this.entries || bytes >= this.bytes / epochs;
    }

    boolean wantsSnapshot(long epochs, long bytes) {
      return epochs >= this.epochs || bytes >= this.bytes;
    }
  }

  /// @param seat what this coordinator may write while it leads
  /// @param idleMillis idle time of a group
  public BindingChores(
      BindingLog log,
      Supplier<Optional<Leadership>> seat,
      LongUnaryOperator idleMillis,
      Limits limits) {
    this.log = log;
    this.expiry = new BindingExpiry(idleMillis);
    this.limits = limits;
    log.onSeal(this::epochBegins);
    rounds =
        new Rounds<>(
            "binding chores",
            PAUSE,
            () -> log.hasCaughtUp() ? seat.get() : Optional.empty(),
            this::chores);
  }

  /// Where the log is, and what of the table nobody uses any more.
  private record Look(long epoch, boolean full, List<BindingOp> idle) {}

  private void chores(Leadership leadership) throws InterruptedException {
    last = leadership;
    try {
      Look look = log.ask(this::look).get();
      for (int i = 0; i < look.idle().size(); i += BindingBatch.MAX_OPS) {
        int end = Math.min(look.idle().size(), i + BindingBatch.MAX_OPS);
        leadership.append(look.epoch(), BindingBatch.expiry(look.idle().subList(i, end)));
      }
      long now = System.nanoTime();
      if (look.full() && (look.epoch() > sealed || now - sealedAt > SEAL_AGAIN.toNanos())) {
        leadership.bindings().open(look.epoch() + 1);
        leadership.append(look.epoch(), BindingBatch.seal());
        sealed = look.epoch();
        sealedAt = now;
      }
      if (now - ticked > TICK.toNanos()) {
        ticked = now;
        leadership.append(look.epoch(), BindingBatch.tick());
      }
    } catch (StoreException | ExecutionException e) {
      LOG.warn("the chores of the bindings wait: {}", e.toString());
    }
  }

  /// On the log's thread.
  private Look look(BindingReplica replica) {
    List<BindingOp> idle = new ArrayList<>();
    expiry.step(replica, idle::add);
    boolean full = limits.endsEpoch(replica.position(), replica.bytes() - epochAt);
    return new Look(replica.epoch(), full, idle);
  }

  /// On the log's thread: the table is what every process has at this place.
  private void epochBegins(BindingReplica replica) {
    long epoch = replica.epoch();
    Leadership leadership = last;
    epochAt = replica.bytes();
    if (replica.position() != 0
        || leadership == null
        || !limits.wantsSnapshot(epoch - snapshotEpoch, replica.bytes() - snapshotAt)) {
      return;
    }
    if (writing.compareAndSet(false, true)) {
      snapshotAt = replica.bytes();
      BindingSnapshot.Capture capture = BindingSnapshot.capture(replica.table(), epoch);
      Thread.ofVirtual().name("binding-snapshot").start(() -> write(leadership, capture));
    }
  }

  private void write(Leadership leadership, BindingSnapshot.Capture capture) {
    try {
      leadership.bindings().write(capture.epoch(), BindingSnapshot.encode(capture));
      snapshotEpoch = capture.epoch();
      leadership.bindings().clear(capture.epoch());
      LOG.info(
          "{} bindings written as the beginning of epoch {}", capture.bindings(), capture.epoch());
    } catch (StoreException e) {
      if (e.kind() == StoreException.Kind.DEPOSED) {
        last = null;
      }
      LOG.warn("no snapshot of the bindings this time: {}", e.toString());
    } finally {
      writing.set(false);
    }
  }

  @Override
  public void close() {
    rounds.close();
  }
}
