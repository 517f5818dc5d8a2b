package io.portcullis.farm.leader;

import io.portcullis.farm.binding.Identity;
import io.portcullis.farm.codec.Decoded;
import io.portcullis.farm.codec.FarmDocuments;
import io.portcullis.farm.model.Pool;
import io.portcullis.farm.store.FarmWatch;
import io.portcullis.farm.store.Revision;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongUnaryOperator;

/// How long an unused binding of a group lives, as the newest revision has it.
public final class IdleTimes implements LongUnaryOperator, FarmWatch.Listener {

  private volatile Map<Long, Long> millis = Map.of();

  @Override
  public void revision(Revision revision) {
    if (FarmDocuments.decode(revision.expanded(), "revision " + revision.number())
        instanceof Decoded.Accepted accepted) {
      Map<Long, Long> next = new HashMap<>();
      for (Pool pool : accepted.config().pools()) {
        next.put(
            Identity.ofGroup(pool.name(), pool.persistence().group()),
            pool.persistence().idle().toMillis());
      }
      millis = Map.copyOf(next);
    }
  }

  /// A group that no pool is in any more keeps its bindings for as long as they would usually live.
  @Override
  public long applyAsLong(long group) {
    return millis.getOrDefault(group, Pool.SourcePersistence.DEFAULT.idle().toMillis());
  }
}
