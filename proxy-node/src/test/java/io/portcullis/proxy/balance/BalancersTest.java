package io.portcullis.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.member.Balance;
import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.member.Selection;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BalancersTest {

  private static final long NOW = 1_000;
  private static final int DRAWS = 60_000;

  private final Balancer balancer = Balancer.ofPools();

  private static Member member(String host, int weight) {
    Member member = new Member("pool01", host, weight, 4443, 8080);
    member.resolvedTo(InetAddress.ofLiteral("192.0.2.1"));
    return member;
  }

  private static MemberPool pool(Balance balance, List<Member> members) {
    Duration minute = Duration.ofMinutes(1);
    return new MemberPool(
        "pool01",
        members,
        null,
        null,
        false,
        minute,
        minute,
        minute,
        MemberPool.Persistence.of("pool01", 32, 64),
        new Selection(balance, 0));
  }

  private Member picked(MemberPool pool, long key) {
    return Objects.requireNonNull(balancer.pick(pool, key, Set.of(), NOW));
  }

  /// Keys as the engine gives them: sources for one kind, turns for the others.
  private static long key(MemberPool pool, Random random) {
    return pool.selection().isBySource() ? random.nextLong() : pool.selection().nextTurn();
  }

  private Map<Member, Integer> shares(MemberPool pool, boolean busy) {
    Map<Member, Integer> counts = new HashMap<>();
    Random random = new Random(42);
    for (int i = 0; i < DRAWS; i++) {
      Member one = picked(pool, key(pool, random));
      counts.merge(one, 1, Integer::sum);
      if (busy) {
        one.openExchanges().incrementAndGet();
      }
    }
    return counts;
  }

  @ParameterizedTest
  @EnumSource(names = {"SOURCE", "ROUND_ROBIN", "LEAST_REQUESTS"})
  void sharesFollowTheWeights(Balance balance) {
    Member one = member("fe1", 1);
    Member two = member("fe2", 2);
    Member three = member("fe3", 3);
    Map<Member, Integer> counts = shares(pool(balance, List.of(one, two, three)), true);
    assertThat(counts.getOrDefault(one, 0)).isBetween(DRAWS / 6 - 600, DRAWS / 6 + 600);
    assertThat(counts.getOrDefault(two, 0)).isBetween(DRAWS / 3 - 600, DRAWS / 3 + 600);
    assertThat(counts.getOrDefault(three, 0)).isBetween(DRAWS / 2 - 600, DRAWS / 2 + 600);
  }

  @Test
  void twoDrawsOfAnIdlePoolFollowTheWeightsToo() {
    Member light = member("light", 1);
    Member heavy = member("heavy", 3);
    Map<Member, Integer> counts = shares(pool(Balance.POWER_OF_TWO, List.of(light, heavy)), false);
    assertThat(counts.getOrDefault(light, 0)).isBetween(DRAWS / 4 - 600, DRAWS / 4 + 600);
  }

  /// With one draw the fullest of 100 members would be some 8 above the mean of 30; with two it is at most 3 or 4.
  @Test
  void twoDrawsKeepTheFullestMemberNearTheMean() {
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      members.add(member("fe" + i, 1));
    }
    MemberPool pool = pool(Balance.POWER_OF_TWO, members);
    for (int i = 0; i < 3_000; i++) {
      picked(pool, i).openExchanges().incrementAndGet();
    }
    assertThat(members).allMatch(member -> member.openExchanges().get() <= 34);
  }

  @Test
  void equalMembersTakeStrictTurns() {
    List<Member> members = List.of(member("a", 5), member("b", 5), member("c", 5));
    MemberPool pool = pool(Balance.ROUND_ROBIN, members);
    for (int round = 0; round < 10; round++) {
      Set<Member> met = new HashSet<>();
      for (int i = 0; i < 3; i++) {
        met.add(picked(pool, pool.selection().nextTurn()));
      }
      assertThat(met).hasSize(3);
    }
  }

  @Test
  void heavyMemberGetsItsTurnsSpreadOverTheRound() {
    Member heavy = member("heavy", 4);
    MemberPool pool =
        pool(Balance.ROUND_ROBIN, List.of(heavy, member("b", 1), member("c", 1), member("d", 1)));
    int inARow = 0;
    int longest = 0;
    for (int i = 0; i < 70; i++) {
      inARow = picked(pool, i) == heavy ? inARow + 1 : 0;
      longest = Math.max(longest, inARow);
    }
    assertThat(longest).isEqualTo(2);
  }

  @Test
  void leastBusyIsMeasuredByWeight() {
    Member big = member("big", 10);
    Member small = member("small", 1);
    MemberPool pool = pool(Balance.LEAST_REQUESTS, List.of(big, small));
    small.openExchanges().set(1);
    big.openExchanges().set(15);
    assertThat(picked(pool, 0)).isSameAs(big);
    big.openExchanges().set(25);
    assertThat(picked(pool, 0)).isSameAs(small);
  }

  @ParameterizedTest
  @EnumSource
  void onlyUsableMembersAreChosenAndSuspectOnesWhenThereIsNoOther(Balance balance) {
    Member down = member("down", 9);
    down.checked(Member.Health.DOWN, "refused");
    Member draining = member("draining", 9);
    draining.draining(true);
    Member suspect = member("suspect", 9);
    suspect.suspectFor(100, NOW);
    Member excluded = member("excluded", 9);
    Member good = member("good", 1);
    MemberPool pool = pool(balance, List.of(down, draining, suspect, excluded, good));
    for (long key = 0; key < 100; key++) {
      assertThat(balancer.pick(pool, key, Set.of(excluded), NOW)).isSameAs(good);
      assertThat(balancer.pick(pool, key, Set.of(excluded, good), NOW)).isSameAs(suspect);
    }
    assertThat(balancer.pick(pool, 1, Set.of(excluded, good, suspect), NOW)).isNull();
    assertThat(balancer.pick(pool(balance, List.of()), 1, Set.of(), NOW)).isNull();
  }

  @ParameterizedTest
  @EnumSource
  void memberThatComesBackGrowsFromATenthToItsShare(Balance balance) {
    Member back = member("back", 1);
    Member other = member("other", 1);
    back.cameBack(10_000, NOW, 0);
    MemberPool pool = pool(balance, List.of(back, other));
    int before = 0;
    for (int second = 0; second <= 10; second++) {
      int share = share(pool, back, NOW + Duration.ofSeconds(second).toNanos());
      double tenths = Math.min(10, second + 1);
      assertThat((double) share)
          .isBetween(
              5_000 * tenths / (10 + tenths) * 2 - 300, 5_000 * tenths / (10 + tenths) * 2 + 300);
      assertThat(share).isGreaterThanOrEqualTo(before - 200);
      before = share;
    }
  }

  private int share(MemberPool pool, Member of, long now) {
    pool.members().forEach(member -> member.openExchanges().set(0));
    Random random = new Random(5);
    int share = 0;
    for (int i = 0; i < 10_000; i++) {
      Member one = Objects.requireNonNull(balancer.pick(pool, key(pool, random), Set.of(), now));
      if (pool.selection().balance() == Balance.LEAST_REQUESTS) {
        one.openExchanges().incrementAndGet();
      }
      share += one == of ? 1 : 0;
    }
    return share;
  }

  /// What slow start means for rendezvous: sources move to the member that grows, never from it, never between others.
  @Test
  void whileAMemberGrowsSourcesOnlyMoveToIt() {
    Member back = member("back", 2);
    MemberPool pool =
        pool(Balance.SOURCE, List.of(member("a", 1), back, member("b", 3), member("c", 2)));
    back.cameBack(60_000, NOW, 12_345);
    Random random = new Random(9);
    for (int i = 0; i < 2_000; i++) {
      long source = random.nextLong();
      Member was = null;
      for (int second = 0; second <= 70; second++) {
        long now = NOW + Duration.ofSeconds(second).toNanos();
        Member is = balancer.pick(pool, source, Set.of(), now);
        if (was != null && was != is) {
          assertThat(is).isSameAs(back);
        }
        was = is;
      }
    }
  }

  /// Two nodes that were started at different times and notice within the same step.
  @Test
  void nodesThatNoticeInTheSameStepAgreeOnEverySource() {
    long wall = 1_700_000_000_000L - Math.floorMod(1_700_000_000_000L, 6_000L);
    Member here = member("back", 1);
    here.cameBack(60_000, 500_000_000L, wall + 500);
    Member there = member("back", 1);
    there.cameBack(60_000, -77_000_000_000L + 5_900_000_000L, wall + 5_900);
    MemberPool poolHere = pool(Balance.SOURCE, List.of(here, member("a", 1)));
    MemberPool poolThere = pool(Balance.SOURCE, List.of(there, member("a", 1)));
    for (long millis = 6_000; millis < 70_000; millis += 777) {
      long nanos = Duration.ofMillis(millis).toNanos();
      for (long source = 0; source < 200; source++) {
        long key = Draws.mix(source);
        Member one = Objects.requireNonNull(balancer.pick(poolHere, key, Set.of(), nanos));
        Member other =
            Objects.requireNonNull(
                balancer.pick(poolThere, key, Set.of(), nanos - 77_000_000_000L));
        assertThat(one.host()).isEqualTo(other.host());
      }
    }
  }
}
