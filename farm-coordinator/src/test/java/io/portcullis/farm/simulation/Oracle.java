package io.portcullis.farm.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.binding.BindingBatch;
import io.portcullis.farm.binding.BindingOp;
import io.portcullis.farm.binding.BindingTable;
import java.util.HashMap;
import java.util.Map;

/// What the log means, written as simply as can be, and the table's own reading of it at every place.
final class Oracle {

  record Source(long group, long high, long low) {}

  record Bound(long member, long used) {}

  private record Place(long epoch, int position) {}

  private final BindingTable table = new BindingTable();
  private final Map<Source, Bound> bindings = new HashMap<>();
  private final Map<Long, Long> origins = new HashMap<>();
  private final Map<Place, Long> digests = new HashMap<>();
  private long time;
  private long last;

  void apply(BindingBatch batch, long created) {
    time += last == 0 ? 0 : Math.clamp(created - last, 0, 60_000);
    last = created;
    table.apply(batch, created);
    if (batch.type() == BindingBatch.Type.OPS
        && batch.sequence() == origins.getOrDefault(batch.origin(), 0L) + 1) {
      origins.put(batch.origin(), batch.sequence());
      batch.ops().forEach(this::apply);
    } else if (batch.type() == BindingBatch.Type.EXPIRY) {
      batch.ops().forEach(this::apply);
    }
    assertThat(table.size()).isEqualTo(bindings.size());
    for (BindingOp op : batch.ops()) {
      Bound bound = bindings.getOrDefault(source(op), new Bound(0, -1));
      assertThat(table.member(op.group(), op.high(), op.low())).isEqualTo(bound.member);
    }
  }

  private void apply(BindingOp op) {
    Source source = source(op);
    Bound now = bindings.get(source);
    switch (op.kind()) {
      case BIND -> {
        if (now == null || now.member == op.member()) {
          bindings.put(source, new Bound(op.member(), time));
        }
      }
      case MOVE -> {
        if (now != null && now.member == op.guard()) {
          bindings.put(source, new Bound(op.member(), time));
        }
      }
      case TOUCH -> {
        if (now != null) {
          bindings.put(source, new Bound(now.member, time));
        }
      }
      case RELEASE -> {
        if (now != null && (op.member() == 0 || op.member() == now.member)) {
          bindings.remove(source);
        }
      }
      case EXPIRE -> {
        if (now != null && now.used <= op.guard()) {
          bindings.remove(source);
        }
      }
    }
  }

  private static Source source(BindingOp op) {
    return new Source(op.group(), op.high(), op.low());
  }

  void remember(long epoch, int position) {
    digests.put(new Place(epoch, position), table.digest());
  }

  long digest(long epoch, int position) {
    return digests.getOrDefault(new Place(epoch, position), -1L);
  }

  Map<Source, Bound> bindings() {
    return bindings;
  }

  BindingTable table() {
    return table;
  }
}
