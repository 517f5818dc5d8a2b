package io.portcullis.farm.simulation;

import io.portcullis.farm.binding.BadEntry;
import io.portcullis.farm.binding.BindingBatch;
import io.portcullis.farm.binding.BindingSnapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Epochs of entries, snapshots at the beginning of some, and an oracle that says for each place what the table must be there.
final class SimulatedLog {

  /// @param created by the log's clock, which may jump
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Entry(byte[] bytes, long created) {}

  final Oracle oracle = new Oracle();
  private final TreeMap<Long, List<Entry>> epochs = new TreeMap<>();
  private final TreeMap<Long, BindingSnapshot> snapshots = new TreeMap<>();
  private final Map<Long, Boolean> sealed = new HashMap<>();
  long clock = 1_000_000;

  SimulatedLog() {
    epochs.put(0L, new ArrayList<>());
    oracle.remember(0, 0);
  }

  long newest() {
    return epochs.lastKey();
  }

  long oldest() {
    return epochs.firstKey();
  }

  /// @return false if there is no such epoch any more
  boolean append(long epoch, byte[] bytes) throws BadEntry {
    List<Entry> entries = epochs.get(epoch);
    if (entries == null) {
      return false;
    }
    entries.add(new Entry(bytes, clock));
    if (!sealed.containsKey(epoch)) {
      BindingBatch batch = BindingBatch.decode(bytes);
      oracle.apply(batch, clock);
      if (batch.type() == BindingBatch.Type.SEAL) {
        sealed.put(epoch, true);
        epochs.computeIfAbsent(epoch + 1, _ -> new ArrayList<>());
        oracle.remember(epoch + 1, 0);
      } else {
        oracle.remember(epoch, entries.size());
      }
    }
    return true;
  }

  @Nullable Entry entry(long epoch, int at) {
    List<Entry> entries = epochs.get(epoch);
    return entries == null || at >= entries.size() ? null : entries.get(at);
  }

  int length(long epoch) {
    List<Entry> entries = epochs.get(epoch);
    return entries == null ? 0 : entries.size();
  }

  boolean exists(long epoch) {
    return epochs.containsKey(epoch);
  }

  void snapshot(long epoch, BindingSnapshot snapshot) {
    snapshots.putIfAbsent(epoch, snapshot);
  }

  /// What a compaction leaves: the newest snapshot and everything since.
  void compact() {
    if (!snapshots.isEmpty()) {
      long from = snapshots.lastKey();
      epochs.headMap(from, false).clear();
      snapshots.headMap(from, false).clear();
    }
  }

  Map.@Nullable Entry<Long, BindingSnapshot> newestSnapshot() {
    return snapshots.lastEntry();
  }
}
