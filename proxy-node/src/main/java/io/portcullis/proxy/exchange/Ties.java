package io.portcullis.proxy.exchange;

import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.persistence.Bindings;
import io.portcullis.proxy.persistence.ClientSource;
import io.portcullis.proxy.relay.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The members that one client connection was sent to: while it is open, its source's idle time does not run.
final class Ties {

  /// A connection that reaches more pools than this is kept by the newest of them.
  private static final int MAX = 8;

  /// Twice as often as a use is told, so that none comes late.
  private static final int LOOKS_IN_IDLE = 6;

  private record Tie(MemberPool pool, ClientSource source, Member member) {}

  private final Bindings bindings;
  private final List<Tie> ties = new ArrayList<>(1);
  private long next = Long.MAX_VALUE;

  Ties(Bindings bindings) {
    this.bindings = bindings;
  }

  /// A member has taken a request of the client.
  @SuppressWarnings("ReferenceEquality") // another snapshot has other pools
  void used(MemberPool pool, ClientSource source, Member member, long now) {
    bindings.used(pool, source, member);
    for (int i = 0; i < ties.size(); i++) {
      Tie old = ties.get(i);
      if (old.pool.persistence().group() == pool.persistence().group()) {
        if (old.member != member || old.pool != pool) {
          ties.set(i, new Tie(pool, source, member));
        }
        return;
      }
    }
    if (ties.size() == MAX) {
      ties.removeFirst();
    }
    ties.add(new Tie(pool, source, member));
    next = Math.min(next, now + period(pool));
  }

  private static long period(MemberPool pool) {
    Duration idle = pool.persistence().idle();
    return Math.max(1, Loop.ticks(idle.dividedBy(LOOKS_IN_IDLE)) - 2);
  }

  /// The connection is still open.
  void tick(long now) {
    if (now < next) {
      return;
    }
    next = Long.MAX_VALUE;
    for (Tie tie : ties) {
      bindings.used(tie.pool, tie.source, tie.member);
      next = Math.min(next, now + period(tie.pool));
    }
  }
}
