package io.portcullis.proxy.balance;

import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import java.util.List;
import java.util.Set;

/// The members that may be chosen now, with the weight each has now: the usable ones, or when there is none those that are
/// up but suspect, because a refused connection costs the client no more than our own 503 would.
final class Candidates {

  private final List<Member> members;

  /// Ten times the weight of each, less while it grows; 0 = not a candidate.
  private final int[] tenths;

  private final int total;

  private Candidates(List<Member> members, int[] tenths, int total) {
    this.members = members;
    this.tenths = tenths;
    this.total = total;
  }

  static Candidates of(MemberPool pool, Set<Member> exclude, long nowNanos) {
    Candidates usable = of(pool, exclude, nowNanos, true);
    return usable.total > 0 ? usable : of(pool, exclude, nowNanos, false);
  }

  private static Candidates of(
      MemberPool pool, Set<Member> exclude, long nowNanos, boolean trusted) {
    List<Member> members = pool.members();
    int[] tenths = new int[members.size()];
    int total = 0;
    for (int i = 0; i < tenths.length; i++) {
      Member member = members.get(i);
      boolean may = trusted ? member.isUsable(nowNanos) : member.isLastResort();
      if (may && !exclude.contains(member)) {
        tenths[i] = member.tenthsOfWeightAt(nowNanos);
        total += tenths[i];
      }
    }
    return new Candidates(members, tenths, total);
  }

  boolean isEmpty() {
    return total == 0;
  }

  int total() {
    return total;
  }

  /// 0 for a member that is no candidate.
  int tenths(int index) {
    return tenths[index];
  }

  Member get(int index) {
    return members.get(index);
  }

  /// The candidate under `point` when each covers as many points as it has tenths.
  ///
  /// @param point from 0 to `total - 1`
  int at(int point) {
    int left = point;
    int i = 0;
    while (left >= tenths[i]) {
      left -= tenths[i++];
    }
    return i;
  }

  Candidates without(int index) {
    int[] rest = tenths.clone();
    rest[index] = 0;
    return new Candidates(members, rest, total - tenths[index]);
  }

  /// Whether the first is less busy for its weight than the second, counting the exchange that is about to begin.
  boolean lessBusy(int first, int second) {
    return load(first) * tenths[second] < load(second) * tenths[first];
  }

  private long load(int index) {
    return members.get(index).openExchanges().get() + 1L;
  }
}
