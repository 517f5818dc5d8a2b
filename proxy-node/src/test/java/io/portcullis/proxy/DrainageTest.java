package io.portcullis.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.store.Drains;
import io.portcullis.proxy.balance.Balancer;
import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.snapshot.CurrentSnapshot;
import io.portcullis.proxy.snapshot.Snapshot;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DrainageTest {

  private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

  private final Member fe1 = new Member("pool01", "fe1", 1, 443, 80);
  private final Member fe2 = new Member("pool01", "fe2", 1, 443, 80);
  private final CurrentSnapshot current = new CurrentSnapshot(snapshot(fe1, fe2));
  private final List<String> doors = new ArrayList<>();
  private final AtomicInteger news = new AtomicInteger();
  private Instant now = NOON;
  private final Drainage drainage =
      new Drainage("node-1", current, new NotingDoors(), new Sundial(), news::incrementAndGet);

  private static Snapshot snapshot(Member... members) {
    Duration minute = Duration.ofMinutes(1);
    MemberPool pool =
        new MemberPool(
            "pool01", List.of(members), null, null, true, minute, minute, minute, 32, 64);
    return new Snapshot(1, Map.of(), List.of(pool), Balancer.ofPools());
  }

  private static Drains member(String name, Instant until) {
    return Drains.NONE.with(Drains.Kind.MEMBER, name, drain(until));
  }

  private static Drains node(String id) {
    return Drains.NONE.with(Drains.Kind.NODE, id, drain(Instant.EPOCH));
  }

  private static Drains.Drain drain(Instant until) {
    return new Drains.Drain("alice", NOON.toEpochMilli(), until.toEpochMilli());
  }

  @Test
  void namedMemberDrainsUntilItIsResumed() {
    drainage.follow(member("pool01/fe1", Instant.EPOCH));
    assertThat(fe1.isDraining()).isTrue();
    assertThat(fe1.isDrained()).isFalse();
    assertThat(fe2.isDraining()).isFalse();
    drainage.follow(member("pool01/fe1", Instant.EPOCH));
    assertThat(news).hasValue(1);
    drainage.follow(Drains.NONE);
    assertThat(fe1.isDraining()).isFalse();
    assertThat(news).hasValue(2);
  }

  @Test
  void drainWithATimeEndsByTheClock() {
    Drains drains = member("pool01/fe1", NOON.plusSeconds(60));
    drainage.follow(drains);
    now = NOON.plusSeconds(59);
    drainage.follow(drains);
    assertThat(fe1.isDraining()).isTrue();
    now = NOON.plusSeconds(60);
    drainage.follow(drains);
    assertThat(fe1.isDraining()).isFalse();
  }

  @Test
  void whatRunsMayFinishUntilTheCap() {
    Drains drains = member("pool01/fe1", Instant.EPOCH);
    drainage.follow(drains);
    now = NOON.plus(Drainage.CAP).minusSeconds(1);
    drainage.follow(drains);
    assertThat(fe1.isDrained()).isFalse();
    now = NOON.plus(Drainage.CAP);
    drainage.follow(drains);
    assertThat(fe1.isDrained()).isTrue();
    drainage.follow(Drains.NONE);
    assertThat(fe1.isDrained()).isFalse();
  }

  @Test
  void memberThatAPublicationBringsIsDrainedToo() {
    drainage.follow(member("pool01/fe3", Instant.EPOCH));
    Member fe3 = new Member("pool01", "fe3", 1, 443, 80);
    current.publish(snapshot(fe1, fe3));
    drainage.published();
    assertThat(fe3.isDraining()).isTrue();
  }

  @Test
  void onlyTheNamedNodeShutsAndOpensAgain() {
    drainage.follow(node("node-2"));
    assertThat(doors).isEmpty();
    assertThat(drainage.isDraining()).isFalse();
    drainage.follow(node("node-1"));
    drainage.follow(node("node-1"));
    assertThat(drainage.isDraining()).isTrue();
    drainage.follow(Drains.NONE);
    assertThat(drainage.isDraining()).isFalse();
    assertThat(doors).containsExactly("shut", "reopen");
    assertThat(news).hasValue(2);
  }

  @Test
  void connectionsThatOutlastTheCapAreCutOnce() {
    drainage.follow(node("node-1"));
    now = NOON.plus(Drainage.CAP);
    drainage.follow(node("node-1"));
    drainage.follow(node("node-1"));
    assertThat(doors).containsExactly("shut", "cut");
  }

  private final class Sundial extends Clock {
    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  private final class NotingDoors implements Doors {
    @Override
    public void rehearse(Snapshot next) {}

    @Override
    public void reconcile(Snapshot next) {}

    @Override
    public Map<String, InetSocketAddress> bound() {
      return Map.of();
    }

    @Override
    public void shut() {
      doors.add("shut");
    }

    @Override
    public void reopen(Snapshot wanted) {
      doors.add("reopen");
    }

    @Override
    public void cut() {
      doors.add("cut");
    }

    @Override
    public boolean stop(Duration cap) {
      return true;
    }
  }
}
