package io.portcullis.farm.simulation;

import io.portcullis.farm.binding.BindingOp;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What was asked about sources, when, and what came back; and whether one order explains it all.
///
/// The search of Wing and Gong with Lowe's memory, for each source by itself: sources are independent, and a history is linearizable if and only if each
/// source's is (Herlihy and Wing 1990). An operation without an answer may have happened at any time after it was asked, or never.
public final class History {

  private static final int NEVER = Integer.MAX_VALUE;

  /// @param owner the answer: who owned the source when the operation was done; -1 without answer, or one that says only that it happened
  private record Operation(BindingOp op, int asked, int answered, long owner) {}

  /// An operation that was asked.
  public static final class Pending {
    private final BindingOp op;
    private final int asked;
    private int answered = NEVER;
    private long owner = -1;

    private Pending(BindingOp op, int asked) {
      this.op = op;
      this.asked = asked;
    }

    /// It is known that it happened, and not what came of it.
    public void happened(int when) {
      answered = when;
    }

    public void answered(int when, long by) {
      answered = when;
      owner = by;
    }
  }

  private record Seen(BitSet done, long owner) {}

  private final Map<Long, List<Pending>> bySource = new HashMap<>();

  public Pending asked(BindingOp op, int when) {
    Pending pending = new Pending(op, when);
    bySource.computeIfAbsent(op.low(), _ -> new ArrayList<>()).add(pending);
    return pending;
  }

  public int size() {
    return bySource.values().stream().mapToInt(List::size).sum();
  }

  /// The sources whose operations no order explains.
  public List<Long> unexplained() {
    return bySource.entrySet().stream()
        .filter(source -> !explained(source.getValue()))
        .map(Map.Entry::getKey)
        .toList();
  }

  private static boolean explained(List<Pending> pending) {
    List<Operation> operations =
        pending.stream()
            .map(one -> new Operation(one.op, one.asked, one.answered, one.owner))
            .toList();
    return search(operations, new BitSet(), 0, new HashSet<>());
  }

  private static boolean search(List<Operation> all, BitSet done, long owner, Set<Seen> seen) {
    int firstAnswer = NEVER;
    for (int i = 0; i < all.size(); i++) {
      if (!done.get(i)) {
        firstAnswer = Math.min(firstAnswer, all.get(i).answered);
      }
    }
    if (firstAnswer == NEVER) {
      return true;
    }
    if (!seen.add(new Seen((BitSet) done.clone(), owner))) {
      return false;
    }
    for (int i = 0; i < all.size(); i++) {
      Operation next = all.get(i);
      if (done.get(i) || next.asked > firstAnswer) {
        continue;
      }
      long after = after(next.op, owner);
      if (next.owner < 0 || next.owner == after) {
        done.set(i);
        if (search(all, done, after, seen)) {
          return true;
        }
        done.clear(i);
      }
    }
    return false;
  }

  private static long after(BindingOp op, long owner) {
    return switch (op.kind()) {
      case BIND -> owner == 0 ? op.member() : owner;
      case MOVE -> owner == op.guard() && owner != 0 ? op.member() : owner;
      case TOUCH -> owner;
      case RELEASE -> op.member() == 0 || op.member() == owner ? 0 : owner;
      case EXPIRE -> throw new IllegalArgumentException("time is not in this model");
    };
  }
}
