package io.portcullis.farm.binding;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Who owns which source: the state that the log of batches leads to. The same entries in the same order give the same table, in
/// every process.
///
/// **Time** is the log's own: it goes on by what lies between the creation times of two entries, but never back and never by more than
/// [#LONGEST_STEP_MILLIS] at once. So a clock that jumps expires nothing, and a farm that was switched off for a night comes back with
/// its bindings.
///
/// One writer; any thread may look up a source ([#member], [#group]).
public final class BindingTable {

  /// The bound that keeps a flood of sources from filling every node's heap: about 140 MB. Beyond it new sources are not bound, and
  /// rendezvous hashing serves them, which needs no memory.
  public static final int MAX_BINDINGS = 2_000_000;

  /// A farm has tens of pools; what was removed stays until its bindings have expired.
  static final int MAX_GROUPS = 4096;

  /// One for each process start that wrote within [#ORIGIN_KEPT_MILLIS].
  static final int MAX_ORIGINS = 10_000;

  /// The leader writes at least every ten seconds, so a longer gap is a farm that was down, or a clock that was set.
  public static final long LONGEST_STEP_MILLIS = 60_000;

  /// An origin that is forgotten begins anew, so this only has to be longer than any resending.
  static final long ORIGIN_KEPT_MILLIS = 3_600_000;

  /// What is brought near at once: more would push itself out again.
  private static final int STRETCH = 64;

  /// Where an origin stands.
  record Origin(long last, long seen) {}

  /// What came of the operations, since the process started.
  public record Counts(
      long bound,
      long lost,
      long moved,
      long moveRefused,
      long released,
      long expired,
      long refusedFull,
      long repeated,
      long unreadable) {}

  private volatile GroupIndex groups = GroupIndex.EMPTY;
  private final Map<Long, Origin> origins = new HashMap<>();
  private final Tally tally = new Tally();
  private volatile long time;
  private long lastCreated;
  private int size;
  private long sum;

  /// Nobody reads it.
  @SuppressWarnings("UnusedVariable")
  private long approached;

  /// The member that the log says owns the source, or 0.
  public long member(long group, long high, long low) {
    GroupTable table = groups.get(group);
    return table == null ? 0 : table.member(high, low);
  }

  /// Log time of the source's last use, or -1 if it is not bound.
  public long used(long group, long high, long low) {
    GroupTable table = groups.get(group);
    return table == null ? -1 : table.used(high, low);
  }

  public @Nullable GroupTable group(long id) {
    return groups.get(id);
  }

  public Collection<Long> groupIds() {
    return groups.ids();
  }

  /// Milliseconds since the log's first entry, as the log counts them.
  public long time() {
    return time;
  }

  public int size() {
    return groups.size();
  }

  /// The same, for the writer, who need not add up.
  int rowCount() {
    return size;
  }

  public long bytes() {
    return groups.bytes();
  }

  public Counts counts() {
    return tally.counts();
  }

  long lastOf(long origin) {
    Origin known = origins.get(origin);
    return known == null ? 0 : known.last();
  }

  Map<Long, Origin> origins() {
    return new TreeMap<>(origins);
  }

  long lastCreated() {
    return lastCreated;
  }

  /// Applies a batch that is next in the log.
  ///
  /// @param created when the log took it, by the log's clock
  /// @return false if it is a repetition, comes too early, or is of one origin too many: it does not count
  public boolean apply(BindingBatch batch, long created) {
    goOn(created);
    switch (batch.type()) {
      case OPS -> {
        return applyOf(batch);
      }
      case SEAL -> tidy();
      case EXPIRY ->
          batch.ops().stream()
              .filter(op -> op.kind() == BindingOp.Kind.EXPIRE)
              .forEach(this::apply);
      case TICK -> {}
    }
    return true;
  }

  private boolean applyOf(BindingBatch batch) {
    long last = lastOf(batch.origin());
    boolean known = origins.containsKey(batch.origin());
    if (batch.sequence() != last + 1 || (!known && origins.size() >= MAX_ORIGINS)) {
      tally.repeated();
      return false;
    }
    origins.put(batch.origin(), new Origin(batch.sequence(), time));
    List<BindingOp> ops = batch.ops();
    for (int from = 0; from < ops.size(); from += STRETCH) {
      int end = Math.min(ops.size(), from + STRETCH);
      approach(ops, from, end);
      for (int i = from; i < end; i++) {
        apply(ops.get(i));
      }
    }
    return true;
  }

  /// A million sources do not fit into a cache: without this, a batch is as many waits for memory as it has sources.
  private void approach(List<BindingOp> ops, int from, int end) {
    long read = 0;
    for (int i = from; i < end; i++) {
      BindingOp op = ops.get(i);
      GroupTable table = groups.get(op.group());
      if (table != null) {
        read += table.glance(op.high(), op.low());
      }
    }
    approached = read;
  }

  /// An entry that cannot be read does nothing, but it was there.
  void skip(long created) {
    goOn(created);
    tally.unreadable();
  }

  private void goOn(long created) {
    if (lastCreated != 0) {
      long before = time;
      time = before + Math.clamp(created - lastCreated, 0, LONGEST_STEP_MILLIS);
    }
    lastCreated = created;
  }

  /// At the end of an epoch, where every process does it: forgets origins that are silent and groups that are empty.
  private void tidy() {
    origins.values().removeIf(origin -> time - origin.seen() > ORIGIN_KEPT_MILLIS);
    groups = groups.withoutEmpty();
  }

  private void apply(BindingOp op) {
    GroupTable table = groups.get(op.group());
    long now = table == null ? 0 : table.member(op.high(), op.low());
    switch (op.kind()) {
      case BIND -> bind(op, table, now);
      case MOVE -> {
        if (now == op.guard() && table != null && now != 0) {
          change(op, table, now, op.member());
          tally.moved();
        } else {
          tally.moveRefused();
        }
      }
      case TOUCH -> {
        if (table != null && now != 0) {
          change(op, table, now, now);
        }
      }
      case RELEASE -> {
        if (table != null && now != 0 && (op.member() == 0 || op.member() == now)) {
          remove(op, table, now);
          tally.released();
        }
      }
      case EXPIRE -> {
        if (table != null && now != 0 && table.used(op.high(), op.low()) <= op.guard()) {
          remove(op, table, now);
          tally.expired();
        }
      }
    }
  }

  private void bind(BindingOp op, @Nullable GroupTable table, long now) {
    if (op.member() == 0 || op.member() == -1) {
      return;
    }
    if (now != 0 && table != null) {
      if (now == op.member()) {
        change(op, table, now, now);
      } else {
        tally.lost();
      }
      return;
    }
    if (size >= MAX_BINDINGS || (table == null && groups.count() >= MAX_GROUPS)) {
      tally.refusedFull();
      return;
    }
    put(op.group(), op.high(), op.low(), op.member(), time);
    tally.bound();
  }

  /// A binding that was not there.
  void put(long group, long high, long low, long member, long used) {
    GroupTable table = groups.get(group);
    if (table == null) {
      table = new GroupTable();
      groups = groups.with(group, table);
    }
    table.put(high, low, member, used);
    sum += sum(group, high, low, member, used);
    size++;
  }

  /// A binding that may be there.
  void forget(long group, long high, long low) {
    apply(BindingOp.release(group, high, low, 0));
  }

  private void change(BindingOp op, GroupTable table, long before, long after) {
    long used = table.used(op.high(), op.low());
    sum -= sum(op.group(), op.high(), op.low(), before, used);
    sum += sum(op.group(), op.high(), op.low(), after, time);
    if (before == after) {
      table.touch(op.high(), op.low(), time);
    } else {
      table.put(op.high(), op.low(), after, time);
    }
  }

  private void remove(BindingOp op, GroupTable table, long now) {
    sum -= sum(op.group(), op.high(), op.low(), now, table.used(op.high(), op.low()));
    table.remove(op.high(), op.low());
    size--;
  }

  /// Puts the log's clock and its writers where a snapshot has them.
  void restore(long logTime, long created, Map<Long, Origin> writers) {
    time = logTime;
    lastCreated = created;
    origins.clear();
    origins.putAll(writers);
  }

  private static long sum(long group, long high, long low, long member, long used) {
    return Identity.mix(
        Identity.mix(group + Identity.mix(high, low)) ^ Identity.mix(member + used));
  }

  /// A number that two tables have in common if, and but for chance only if, they are equal: bindings, uses, clock and origins.
  public long digest() {
    long digest = Identity.mix(sum + Identity.mix(time)) ^ Identity.mix(lastCreated);
    for (Map.Entry<Long, Origin> origin : origins.entrySet()) {
      digest +=
          Identity.mix(
              origin.getKey()
                  ^ Identity.mix(origin.getValue().last())
                  ^ Identity.mix(~origin.getValue().seen()));
    }
    return digest;
  }

  /// All bindings, group by group. Writer's thread only.
  List<CapturedGroup> capture() {
    List<CapturedGroup> captured = new ArrayList<>();
    for (long id : new TreeSet<>(groupIds())) {
      GroupTable table = groups.get(id);
      if (table != null) {
        captured.add(CapturedGroup.of(id, table));
      }
    }
    return captured;
  }

  /// All bindings, in no useful order. Writer's thread only.
  public List<Row> rows() {
    List<Row> rows = new ArrayList<>(size);
    for (long id : groupIds()) {
      GroupTable table = groups.get(id);
      if (table != null) {
        table.forEach((high, low, member, used) -> rows.add(new Row(id, high, low, member, used)));
      }
    }
    return rows;
  }

  /// One binding.
  ///
  /// @param used log time of the last use
  public record Row(long group, long high, long low, long member, long used) {}
}
