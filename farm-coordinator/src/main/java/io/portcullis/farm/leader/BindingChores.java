package io.portcullis.farm.leader;

import io.portcullis.farm.binding.BindingBatch;
import io.portcullis.farm.binding.BindingExpiry;
import io.portcullis.farm.binding.BindingReplica;
import io.portcullis.farm.binding.BindingSnapshot;
import io.portcullis.farm.store.BindingLog;
import io.portcullis.farm.store.BindingStorage;
import io.portcullis.farm.store.StoreException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.LongUnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the leader does for the bindings: keeps the log's time going, forgets idle ones, ends epochs, and writes snapshots.
///
/// All of it is harmless from two leaders at once: an expiry says up to which use it holds, only the first seal of an epoch counts, and the
/// snapshot at an epoch's beginning has the same bytes whoever writes it.
public final class BindingChores implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BindingChores.class);

  private static final Duration PAUSE = Duration.ofMillis(100);

  /// So that the log's time goes on by more than idle moments: it moves by a minute at most between two entries.
  private static final Duration TICK = Duration.ofSeconds(10);

  /// A seal that did not come back so long after it was written was lost.
  private static final Duration SEAL_AGAIN = Duration.ofSeconds(5);

  private final BindingLog log;
  private final BindingStorage storage;
  private final BooleanSupplier leads;
  private final BindingExpiry expiry;
  private final Limits limits;
  private final AtomicBoolean writing = new AtomicBoolean();
  private final Rounds rounds;
  private volatile long snapshotEpoch;
  private long sealed;
  private long sealedAt;
  private long ticked = System.nanoTime();

  /// When an epoch ends and a snapshot is due.
  ///
  /// @param entries in an epoch: listing it must stay cheap, and ZooKeeper cannot answer with 100,000 names
  /// @param epochs between two snapshots: what a joining node reads after its snapshot
  public record Limits(int entries, int epochs) {
    public static final Limits USUAL = new Limits(800, 16);
  }

  /// @param leads whether this coordinator is the leader now
  /// @param idleMillis idle time of a group
  public BindingChores(
      BindingLog log,
      BindingStorage storage,
      BooleanSupplier leads,
      LongUnaryOperator idleMillis,
      Limits limits) {
    this.log = log;
    this.storage = storage;
    this.leads = leads;
    this.expiry = new BindingExpiry(idleMillis);
    this.limits = limits;
    log.onSeal(this::epochBegins);
    rounds =
        new Rounds(
            "binding chores", PAUSE, () -> leads.getAsBoolean() && log.hasCaughtUp(), this::chores);
  }

  private void chores() throws InterruptedException {
    try {
      long full =
          log.ask(
                  replica -> {
                    expiry.step(replica);
                    return replica.position() >= limits.entries() ? replica.epoch() : 0;
                  })
              .get();
      long now = System.nanoTime();
      if (full > sealed || (full != 0 && now - sealedAt > SEAL_AGAIN.toNanos())) {
        storage.open(full + 1);
        append(BindingBatch.seal(), full);
        sealed = full;
        sealedAt = now;
      }
      if (now - ticked > TICK.toNanos()) {
        ticked = now;
        append(BindingBatch.tick(), 0);
      }
    } catch (StoreException | ExecutionException e) {
      LOG.warn("the chores of the bindings wait: {}", e.toString());
    }
  }

  /// On the log's thread, so that a seal goes into the epoch that was full.
  ///
  /// @param epoch that it is for; 0 = whichever it is
  private void append(BindingBatch batch, long epoch)
      throws InterruptedException, ExecutionException {
    boolean _ =
        log.ask(replica -> (epoch == 0 || replica.epoch() == epoch) && log.tryAppend(batch)).get();
  }

  /// On the log's thread: the table is what every process has at this place.
  private void epochBegins(BindingReplica replica) {
    long epoch = replica.epoch();
    if (replica.position() != 0
        || !leads.getAsBoolean()
        || epoch < snapshotEpoch + limits.epochs()) {
      return;
    }
    if (writing.compareAndSet(false, true)) {
      BindingSnapshot.Capture capture = BindingSnapshot.capture(replica.table(), epoch);
      Thread.ofVirtual().name("binding-snapshot").start(() -> write(capture));
    }
  }

  private void write(BindingSnapshot.Capture capture) {
    try {
      storage.write(capture.epoch(), BindingSnapshot.encode(capture));
      snapshotEpoch = capture.epoch();
      storage.clear(capture.epoch());
      LOG.info(
          "{} bindings written as the beginning of epoch {}",
          capture.rows().size(),
          capture.epoch());
    } catch (StoreException e) {
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
