package io.portcullis.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RendezvousBalancerTest {

  private static final long NOW = 1_000;
  private static final int SOURCES = 100_000;

  private final Balancer balancer = new RendezvousBalancer();

  private static Member member(String host, int weight) {
    Member member = new Member("pool01", host, weight, 4443, 8080);
    member.resolvedTo(InetAddress.ofLiteral("192.0.2.1"));
    return member;
  }

  private static MemberPool pool(List<Member> members) {
    return new MemberPool(
        "pool01",
        members,
        null,
        null,
        true,
        Duration.ofSeconds(60),
        Duration.ofSeconds(60),
        Duration.ofSeconds(5),
        32,
        64);
  }

  private Member picked(MemberPool pool, long source) {
    return Objects.requireNonNull(balancer.pick(pool, source, Set.of(), NOW));
  }

  @Test
  void sharesFollowTheWeights() {
    Member one = member("fe1", 1);
    Member two = member("fe2", 2);
    Member three = member("fe3", 7);
    MemberPool pool = pool(List.of(one, two, three));
    Map<Member, Integer> counts = new HashMap<>();
    Random random = new Random(7);
    for (int i = 0; i < SOURCES; i++) {
      counts.merge(picked(pool, random.nextLong()), 1, Integer::sum);
    }
    assertShare(counts.getOrDefault(one, 0), 0.1);
    assertShare(counts.getOrDefault(two, 0), 0.2);
    assertShare(counts.getOrDefault(three, 0), 0.7);
  }

  /// Five standard deviations of a binomial count.
  private static void assertShare(int count, double share) {
    double deviation = Math.sqrt(SOURCES * share * (1 - share));
    assertThat((double) count)
        .isBetween(SOURCES * share - 5 * deviation, SOURCES * share + 5 * deviation);
  }

  @Test
  void onlyTheSourcesOfALeavingMemberMove() {
    List<Member> four = List.of(member("a", 1), member("b", 1), member("c", 3), member("d", 1));
    MemberPool before = pool(four);
    MemberPool after = pool(four.subList(0, 3));
    for (long source = 0; source < 10_000; source++) {
      Member was = picked(before, source);
      Member is = picked(after, source);
      if (was != four.get(3)) {
        assertThat(is).isSameAs(was);
      }
    }
  }

  @Test
  void answerIsTheSameWhateverTheOrderOfMembers() {
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      members.add(member("fe" + i, 1 + i % 3));
    }
    MemberPool ordered = pool(members);
    Random random = new Random(11);
    for (long source = 0; source < 1_000; source++) {
      Collections.shuffle(members, random);
      assertThat(picked(pool(members), source)).isSameAs(picked(ordered, source));
    }
  }

  /// Fixed for ever: nodes of different versions must agree.
  @Test
  void choicesAreTheSameInEveryVersion() {
    MemberPool pool = pool(List.of(member("fe1", 1), member("fe2", 1), member("fe3", 2)));
    StringBuilder choices = new StringBuilder();
    for (long source = 0; source < 24; source++) {
      choices.append(picked(pool, source * 0x9E3779B97F4A7C15L).host().charAt(2));
    }
    assertThat(choices.toString()).isEqualTo("231313231311232223131313");
  }

  @Test
  void downDrainingUnresolvedAndExcludedMembersAreNotPicked() {
    Member down = member("down", 1);
    down.checked(Member.Health.DOWN, "refused");
    Member draining = member("draining", 1);
    draining.draining(true);
    Member unresolved = new Member("pool01", "unresolved", 1, 4443, 8080);
    Member excluded = member("excluded", 1);
    Member good = member("good", 1);
    MemberPool pool = pool(List.of(down, draining, unresolved, excluded, good));
    for (long source = 0; source < 100; source++) {
      assertThat(balancer.pick(pool, source, Set.of(excluded), NOW)).isSameAs(good);
    }
    assertThat(balancer.pick(pool, 1, Set.of(excluded, good), NOW)).isNull();
  }

  @Test
  void suspectMemberIsTheLastResortOnly() {
    Member suspect = member("suspect", 1000);
    Member good = member("good", 1);
    suspect.suspectFor(100, NOW);
    MemberPool pool = pool(List.of(suspect, good));
    for (long source = 0; source < 100; source++) {
      assertThat(picked(pool, source)).isSameAs(good);
    }
    good.checked(Member.Health.DOWN, "refused");
    assertThat(picked(pool, 1)).isSameAs(suspect);
    assertThat(balancer.pick(pool, 1, Set.of(suspect), NOW)).isNull();
  }

  @Test
  void emptyPoolHasNobody() {
    assertThat(balancer.pick(pool(List.of()), 1, Set.of(), NOW)).isNull();
  }
}
