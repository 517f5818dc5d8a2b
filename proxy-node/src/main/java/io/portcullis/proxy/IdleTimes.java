package io.portcullis.proxy;

import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.snapshot.CurrentSnapshot;
import java.time.Duration;
import java.util.function.LongUnaryOperator;

/// How long an unused binding of a group lives, as the current snapshot has it.
final class IdleTimes implements LongUnaryOperator {

  /// For groups that no pool is in any more.
  private static final long ELSEWHERE_MILLIS = Duration.ofMinutes(30).toMillis();

  private final CurrentSnapshot current;

  IdleTimes(CurrentSnapshot current) {
    this.current = current;
  }

  @Override
  public long applyAsLong(long group) {
    for (MemberPool pool : current.current().pools()) {
      if (pool.persistence().group() == group) {
        return pool.persistence().idle().toMillis();
      }
    }
    return ELSEWHERE_MILLIS;
  }
}
