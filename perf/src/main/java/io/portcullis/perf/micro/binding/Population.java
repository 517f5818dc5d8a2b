package io.portcullis.perf.micro.binding;

import io.portcullis.farm.binding.BindingBatch;
import io.portcullis.farm.binding.BindingOp;
import io.portcullis.farm.binding.BindingTable;
import java.util.ArrayList;
import java.util.List;

/// Sources of one pool, each bound to one of two members: IPv4 addresses in an order that looks like none.
final class Population {

  static final long GROUP = 7;

  /// `::ffff:0:0`, under which IPv4 addresses lie.
  private static final long IPV4 = 0xffff_0000_0000L;

  /// Odd, so that it visits all addresses before any again.
  private static final long SCATTER = 0x9E37_79B1L;

  private static final long ORIGIN = 1;
  private static final int MEMBERS = 2;

  private final BindingTable table = new BindingTable();
  private final int size;
  private long sequence;

  Population(int size) {
    this.size = size;
    for (int from = 0; from < size; from += BindingBatch.MAX_OPS) {
      List<BindingOp> ops = new ArrayList<>();
      for (int i = from; i < Math.min(size, from + BindingBatch.MAX_OPS); i++) {
        ops.add(BindingOp.bind(GROUP, 0, source(i), member(i)));
      }
      apply(ops);
    }
    if (table.size() != size) {
      throw new IllegalStateException(table.size() + " bound of " + size);
    }
  }

  BindingTable table() {
    return table;
  }

  int size() {
    return size;
  }

  /// Lower half of the address of a source; those from `size` on are not bound.
  static long source(int i) {
    return IPV4 | (i * SCATTER & 0xffff_ffffL);
  }

  private static long member(int i) {
    return 1L + i % MEMBERS;
  }

  /// Moves of sources from their first member, or back.
  static List<BindingOp> moves(int from, int count, boolean back) {
    List<BindingOp> ops = new ArrayList<>();
    for (int i = from; i < from + count; i++) {
      long first = member(i);
      long other = 1L + MEMBERS - first;
      ops.add(BindingOp.move(GROUP, 0, source(i), back ? other : first, back ? first : other));
    }
    return ops;
  }

  /// As the next entry of the log.
  void apply(List<BindingOp> ops) {
    table.apply(batch(ops), 0);
  }

  BindingBatch batch(List<BindingOp> ops) {
    return new BindingBatch(BindingBatch.Type.OPS, ORIGIN, ++sequence, ops);
  }
}
