package io.portcullis.proxy.balance;

import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Chooses a member. Values in, a value out: a balancer keeps nothing, so one serves all event loops and all pools, and what
/// moves (a turn, a draw) comes in as a number.
public interface Balancer {

  /// @param key the persistence key of the client where the pool goes by source (`persistence.SourceKey`); otherwise the pool's next
  ///     turn (`member.Selection`)
  /// @param exclude members already tried for this request
  /// @return null when no member is usable
  @Nullable Member pick(MemberPool pool, long key, Set<Member> exclude, long nowNanos);

  /// Each pool by its own kind of balance.
  static Balancer ofPools() {
    return new PoolsOwn();
  }
}
