package io.portcullis.proxy.balance;

import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The member with the fewest running exchanges for its weight; among equals the turn decides, so that a farm without load
/// does not ask the first member only. Each node counts its own exchanges.
final class LeastRequests implements Balancer {

  @Override
  public @Nullable Member pick(MemberPool pool, long key, Set<Member> exclude, long nowNanos) {
    Candidates candidates = Candidates.of(pool, exclude, nowNanos);
    if (candidates.isEmpty()) {
      return null;
    }
    int count = pool.members().size();
    int first = (int) Math.floorMod(key, (long) count);
    int best = -1;
    for (int step = 0; step < count; step++) {
      int i = (first + step) % count;
      if (candidates.tenths(i) > 0 && (best < 0 || candidates.lessBusy(i, best))) {
        best = i;
      }
    }
    return candidates.get(best);
  }
}
