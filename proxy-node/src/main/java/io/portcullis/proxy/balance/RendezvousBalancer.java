package io.portcullis.proxy.balance;

import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Weighted rendezvous hashing: every node picks the same member for a source without asking, whatever the order of the
/// members, and when a member leaves only its own sources move.
///
/// Each member draws a number from (source, member); the score `weight / -ln(draw)` makes shares proportional to weights
/// (Schindelhauer, Schomaker 2005). `StrictMath`, because two machines must not differ in the last bit.
///
/// The score of a member that comes back slowly grows with its weight and nobody else's changes: sources move to it, step by
/// step, and only to it; one that has moved does not move again until the membership changes.
///
/// When no member is usable the best of those that are up but suspect is tried all the same: a refused connection costs
/// the client no more than our own 503 would, and a farm that suspects everybody is more likely wrong than alone.
public final class RendezvousBalancer implements Balancer {

  @Override
  public @Nullable Member pick(MemberPool pool, long source, Set<Member> exclude, long nowNanos) {
    Member best = null;
    boolean bestUsable = false;
    double bestScore = 0;
    List<Member> members = pool.members();
    for (int i = 0; i < members.size(); i++) {
      Member member = members.get(i);
      boolean usable = member.isUsable(nowNanos);
      boolean candidate = usable || (!bestUsable && member.isLastResort());
      if (!candidate || exclude.contains(member)) {
        continue;
      }
      double score = score(member, source, nowNanos);
      boolean firstOfItsKind = best == null || (usable && !bestUsable);
      if (firstOfItsKind || beats(score, member, bestScore, best)) {
        best = member;
        bestUsable = usable;
        bestScore = score;
      }
    }
    return best;
  }

  private static boolean beats(
      double score, Member member, double bestScore, @Nullable Member best) {
    return score > bestScore
        || (score == bestScore && best != null && member.hashSeed() < best.hashSeed());
  }

  private static double score(Member member, long source, long nowNanos) {
    long hash = Draws.mix(source ^ Draws.mix(member.hashSeed()));
    double draw = Draws.between(hash);
    return member.weightAt(nowNanos) / -StrictMath.log(draw);
  }
}
