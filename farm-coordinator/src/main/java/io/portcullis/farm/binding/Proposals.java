package io.portcullis.farm.binding;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What this process has proposed and not yet seen in the log, in order. One operation a source at a time.
///
/// The table of sources is read by anyone: while the log has not spoken, a source stays where this process has put it.
final class Proposals {

  /// A batch on its way.
  ///
  /// @param sequence of this process's origin
  record Batch(long sequence, List<BindingOp> ops) {}

  /// What may wait while the farm is out of reach; beyond it sources are served by rendezvous hashing without being noted.
  static final int MAX_WAITING = 1 << 18;

  private final BindingTable waiting = new BindingTable();
  private final Deque<Batch> batches = new ArrayDeque<>();
  private final List<BindingOp> open = new ArrayList<>();

  /// @return false if the source waits already, or too many do
  boolean add(BindingOp op, long member) {
    if (waiting.rowCount() >= MAX_WAITING || waiting.member(op.group(), op.high(), op.low()) != 0) {
      return false;
    }
    waiting.put(op.group(), op.high(), op.low(), member, 0);
    open.add(op);
    return true;
  }

  long member(long group, long high, long low) {
    GroupTable table = waiting.group(group);
    return table == null || table.size() == 0 ? 0 : table.member(high, low);
  }

  int openOps() {
    return open.size();
  }

  int waiting() {
    return waiting.rowCount();
  }

  /// Closes a batch over what is open, at most [BindingBatch#MAX_OPS] of it.
  void close(long sequence) {
    List<BindingOp> some = open.subList(0, Math.min(open.size(), BindingBatch.MAX_OPS));
    batches.add(new Batch(sequence, List.copyOf(some)));
    some.clear();
  }

  @Nullable Batch first() {
    return batches.peek();
  }

  List<Batch> batches() {
    return List.copyOf(batches);
  }

  @Nullable Batch at(int index) {
    int i = 0;
    for (Batch batch : batches) {
      if (i++ == index) {
        return batch;
      }
    }
    return null;
  }

  int count() {
    return batches.size();
  }

  /// The first batch is in the log: its sources go by the table from now on.
  void done() {
    Batch batch = batches.remove();
    for (BindingOp op : batch.ops()) {
      waiting.forget(op.group(), op.high(), op.low());
    }
  }

  /// Gives the batches that wait other sequence numbers.
  void renumber(long first) {
    List<Batch> old = List.copyOf(batches);
    batches.clear();
    long next = first;
    for (Batch batch : old) {
      batches.add(new Batch(next++, batch.ops()));
    }
  }
}
