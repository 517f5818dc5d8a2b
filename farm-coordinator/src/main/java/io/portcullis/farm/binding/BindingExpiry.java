package io.portcullis.farm.binding;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongUnaryOperator;

/// Finds bindings that nobody has used for their group's idle time, a stretch of the table at each call, and names them to be forgotten.
///
/// What it finds may be used before the log has its entry; the entry says up to which use it holds, so such a binding stays.
public final class BindingExpiry {

  /// A millisecond's work: whoever does this also follows the log.
  private static final int SLOTS_AT_ONCE = 16_384;

  private final LongUnaryOperator idleMillis;
  private List<Long> groups = List.of();
  private int group;
  private int slot;

  /// @param idleMillis idle time of a group
  public BindingExpiry(LongUnaryOperator idleMillis) {
    this.idleMillis = idleMillis;
  }

  /// @param found told each as an operation for the log
  public void step(BindingReplica replica, Consumer<BindingOp> found) {
    if (group >= groups.size()) {
      groups = new ArrayList<>(replica.table().groupIds());
      group = 0;
      slot = 0;
    }
    if (group >= groups.size()) {
      return;
    }
    long id = groups.get(group);
    GroupTable table = replica.table().group(id);
    long usedAtMost = replica.table().time() - idleMillis.applyAsLong(id);
    if (table != null && usedAtMost >= 0) {
      slot =
          table.forEach(
              slot,
              SLOTS_AT_ONCE,
              (high, low, _, used) -> {
                if (used <= usedAtMost) {
                  found.accept(BindingOp.expire(id, high, low, usedAtMost));
                }
              });
    } else {
      slot = -1;
    }
    if (slot < 0) {
      group++;
      slot = 0;
    }
  }
}
