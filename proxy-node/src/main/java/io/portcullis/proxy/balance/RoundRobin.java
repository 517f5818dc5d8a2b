package io.portcullis.proxy.balance;

import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One after the other. A round has as many places as the weights add up to, reduced by what they have in common, and is walked
/// in strides of about the golden section of it: members of equal weight take strict turns, and a heavy one does not get all
/// its turns in a row.
final class RoundRobin implements Balancer {

  private static final double GOLDEN_SECTION = 0.618033988749895;

  @Override
  public @Nullable Member pick(MemberPool pool, long key, Set<Member> exclude, long nowNanos) {
    Candidates candidates = Candidates.of(pool, exclude, nowNanos);
    if (candidates.isEmpty()) {
      return null;
    }
    int common = 0;
    for (int i = 0; i < pool.members().size(); i++) {
      common = common(common, candidates.tenths(i));
    }
    int places = candidates.total() / common;
    long place = Math.floorMod(key, (long) places) * stride(places) % places;
    return candidates.get(candidates.at((int) place * common));
  }

  /// Every place is met once in a round when the stride has no divisor in common with it.
  private static int stride(int places) {
    int stride = Math.max(1, (int) Math.round(places * GOLDEN_SECTION));
    while (common(stride, places) != 1) {
      stride--;
    }
    return stride;
  }

  /// The greatest common divisor.
  private static int common(int a, int b) {
    return b == 0 ? a : common(b, a % b);
  }
}
