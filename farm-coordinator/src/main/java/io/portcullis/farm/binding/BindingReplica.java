package io.portcullis.farm.binding;

import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// One process's part in the farm's bindings: its copy of the table, its place in the log, and what it has proposed itself.
///
/// Pure: whoever drives it hands in entries in the log's order and appends what [#next] gives, at most [#MAX_IN_FLIGHT] unanswered.
/// A proposal counts when it comes back through the log and not before, so it does not matter which appends were answered: after a lost
/// connection, and at the end of an epoch, everything not seen is sent again in order. The table drops what it has had.
///
/// | what | owner | others |
/// |---|---|---|
/// | everything | the driver's thread | |
/// | `owner`, `proposed`, `table` | | any thread: the request path |
public final class BindingReplica {

  /// Enough to fill a round trip of ten milliseconds; more would only be more to send again.
  public static final int MAX_IN_FLIGHT = 4;

  /// How many epochs lie between a farm and one that was restored from its backup. An epoch takes seconds at the very least.
  private static final long ERA = 1L << 24;

  private final LongSupplier origins;
  private final Proposals proposals = new Proposals();
  private volatile BindingTable table = new BindingTable();
  private long epoch;
  private int position;
  private long origin;
  private long nextSequence = 1;
  private long seen;
  private int inFlight;
  private long bytes;

  /// @param origins random numbers: who writes, fresh at each start
  public BindingReplica(LongSupplier origins) {
    this.origins = origins;
    this.origin = origins.getAsLong();
  }

  /// The farm's table as far as this process has read.
  public BindingTable table() {
    return table;
  }

  public long epoch() {
    return epoch;
  }

  /// The number of the entry that is read next.
  public int position() {
    return position;
  }

  /// Of all entries read so far, whatever their epochs.
  public long bytes() {
    return bytes;
  }

  /// The member that this process has proposed and not yet seen decided, or 0.
  public long proposed(long group, long high, long low) {
    return proposals.member(group, high, low);
  }

  /// The member that owns the source as far as this process knows, or 0. What it has proposed itself comes first, so that a source
  /// stays where it was sent while the log is silent.
  public long owner(long group, long high, long low) {
    long mine = proposals.member(group, high, low);
    return mine != 0 ? mine : table.member(group, high, low);
  }

  /// Whether no more proposals are taken until the log has some.
  public boolean isFull() {
    return proposals.waiting() >= Proposals.MAX_WAITING;
  }

  public int waiting() {
    return proposals.waiting();
  }

  /// Appended and not seen yet.
  public int inFlight() {
    return inFlight;
  }

  /// Operations that no batch holds yet.
  public int open() {
    return proposals.openOps();
  }

  /// Takes an operation into the next batch unless it is pointless by now, the source waits already, or too many do.
  ///
  /// @return whether it will be in a batch
  public boolean propose(BindingOp op) {
    long now = table.member(op.group(), op.high(), op.low());
    boolean pointless =
        switch (op.kind()) {
          case BIND -> now != 0;
          case MOVE -> now != op.guard();
          case TOUCH, RELEASE, EXPIRE -> now == 0;
        };
    return !pointless
        && proposals.add(op, op.kind() == BindingOp.Kind.TOUCH ? now : member(op, now));
  }

  /// Where the source is sent while the operation waits.
  private static long member(BindingOp op, long now) {
    return op.member() != 0 ? op.member() : now;
  }

  /// The batch to append next, or null: nothing to send, or enough on the way.
  ///
  /// @param flush closes a batch over what is open although it is not full
  public @Nullable BindingBatch next(boolean flush) {
    if (inFlight >= MAX_IN_FLIGHT) {
      return null;
    }
    if (inFlight == proposals.count()
        && (proposals.openOps() >= BindingBatch.MAX_OPS || (flush && proposals.openOps() > 0))) {
      proposals.close(nextSequence++);
    }
    Proposals.Batch batch = proposals.at(inFlight);
    if (batch == null) {
      return null;
    }
    inFlight++;
    return new BindingBatch(BindingBatch.Type.OPS, origin, batch.sequence(), batch.ops());
  }

  /// What was appended and not seen may be lost: all of it will be appended again.
  public void resend() {
    inFlight = 0;
  }

  /// The log's entry at [#position].
  ///
  /// @param created when the log took it
  /// @return whether it ended its epoch
  /// @throws BadEntry if it cannot be read; it has been passed, as every process passes it
  public boolean read(byte[] entry, long created) throws BadEntry {
    position++;
    bytes += entry.length;
    BindingBatch batch;
    try {
      batch = BindingBatch.decode(entry);
    } catch (BadEntry e) {
      table.skip(created);
      throw e;
    }
    boolean counts = table.apply(batch, created);
    if (batch.type() == BindingBatch.Type.SEAL) {
      epoch++;
      position = 0;
      resend();
      keepOrigin();
      return true;
    }
    if (counts && batch.type() == BindingBatch.Type.OPS && batch.origin() == origin) {
      seen = batch.sequence();
      proposals.done();
      inFlight = Math.max(0, inFlight - 1);
    }
    return false;
  }

  /// Where the log of a farm begins that is restored from what this one knows now: at a number that no process of the farm has seen, so that each
  /// begins anew.
  public long eraAfter() {
    return (epoch / ERA + 1) * ERA;
  }

  /// Begins at a snapshot, or with an empty table, at the start of `atEpoch`.
  ///
  /// A log that is behind what this process has seen began anew: somebody wiped the store; one of another era was restored from a backup. What was
  /// bound is then proposed again, by every
  /// process that knows it, as much as may wait at once.
  public void install(BindingTable loaded, long atEpoch) {
    boolean anew = atEpoch < epoch || atEpoch / ERA != epoch / ERA;
    List<BindingTable.Row> known = anew ? table.rows() : List.of();
    table = loaded;
    epoch = atEpoch;
    position = 0;
    resend();
    Proposals.Batch first = proposals.first();
    while (first != null && first.sequence() <= loaded.lastOf(origin)) {
      seen = first.sequence();
      proposals.done();
      first = proposals.first();
    }
    keepOrigin();
    for (BindingTable.Row row : known) {
      boolean _ = propose(BindingOp.bind(row.group(), row.high(), row.low(), row.member()));
    }
  }

  /// An origin that was silent for long, or a log that began anew, does not know us: we begin anew too.
  private void keepOrigin() {
    if (table.lastOf(origin) != seen) {
      origin = origins.getAsLong();
      seen = 0;
      proposals.renumber(1);
      nextSequence = 1L + proposals.count();
    }
  }
}
