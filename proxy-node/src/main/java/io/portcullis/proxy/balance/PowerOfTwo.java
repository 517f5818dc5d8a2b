package io.portcullis.proxy.balance;

import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Two members are drawn by weight, and the less busy one is taken (Mitzenmacher 2001): nearly as even as asking all, without
/// every node running to the same idle member at once.
final class PowerOfTwo implements Balancer {

  /// 2^64 divided by the golden ratio: neighbouring turns give unrelated draws.
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  @Override
  public @Nullable Member pick(MemberPool pool, long key, Set<Member> exclude, long nowNanos) {
    Candidates candidates = Candidates.of(pool, exclude, nowNanos);
    if (candidates.isEmpty()) {
      return null;
    }
    long draw = Draws.mix(key * GOLDEN);
    int one = candidates.at(Draws.below(candidates.total(), draw));
    Candidates others = candidates.without(one);
    if (others.isEmpty()) {
      return candidates.get(one);
    }
    int two = others.at(Draws.below(others.total(), Draws.mix(draw + GOLDEN)));
    // Their weights have had their say in the draw.
    int load = candidates.get(one).openExchanges().get();
    return candidates.get(two).openExchanges().get() < load
        ? candidates.get(two)
        : candidates.get(one);
  }
}
