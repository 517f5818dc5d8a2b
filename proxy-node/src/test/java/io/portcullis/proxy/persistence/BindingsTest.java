package io.portcullis.proxy.persistence;

import static io.portcullis.proxy.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.binding.BindingReplica;
import io.portcullis.farm.binding.Identity;
import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.member.Selection;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BindingsTest {

  private static final Duration IDLE = Duration.ofMinutes(3);

  private final AtomicLong clock = new AtomicLong(1);
  private final Bindings bindings = bindings(64);
  private final LocalBindings local = new LocalBindings(bindings, _ -> IDLE.toMillis(), clock::get);
  private final Member fe1 = member("web", "fe1");
  private final Member fe2 = member("web", "fe2");
  private final MemberPool pool = pool("web", "web", Selection.usual(), fe1, fe2);
  private final ClientSource source =
      ClientSource.of(InetAddress.ofLiteral("192.0.2.7"), pool.persistence());

  private static Bindings bindings(int capacity) {
    return new Bindings(new BindingReplica(new SplittableRandom(1)::nextLong), capacity);
  }

  private static Member member(String pool, String host) {
    Member member = new Member(pool, host, 1, 443, 80);
    member.resolvedTo(InetAddress.getLoopbackAddress());
    return member;
  }

  private static MemberPool pool(String name, String group, Selection by, Member... members) {
    return new MemberPool(
        name,
        List.of(members),
        null,
        null,
        true,
        IDLE,
        IDLE,
        IDLE,
        new MemberPool.Persistence(Identity.of(group), 32, 64, IDLE),
        by);
  }

  @AfterEach
  void stop() {
    local.close();
  }

  private void use(Member member) {
    bindings.used(pool, source, member);
    eventually("the log has it", () -> bindings.isIdle() && bindings.replica().waiting() == 0);
  }

  /// As if time went by, noticed by the local log.
  private void pass(Duration time) {
    for (long left = time.toMillis(); left > 0; left -= 60_000) {
      long before = bindings.replica().table().time();
      clock.addAndGet(Math.min(left, 60_000));
      eventually("the log has it", () -> bindings.replica().table().time() > before);
    }
  }

  @Test
  void aSourceKeepsItsFirstMember() {
    assertThat(bindings.owner(pool, source)).isNull();
    use(fe1);
    assertThat(bindings.owner(pool, source)).isSameAs(fe1);
    use(fe2);
    assertThat(bindings.owner(pool, source)).isSameAs(fe1);
  }

  @Test
  void aSourceStaysWhileItsMemberDrainsOrOneConnectionFailed() {
    use(fe1);
    fe1.draining(true);
    fe1.suspectFor(Duration.ofHours(1).toNanos(), System.nanoTime());
    use(fe2);
    assertThat(bindings.owner(pool, source)).isSameAs(fe1);
  }

  @Test
  void aSourceMovesWhenItsMemberIsDownAndStaysWhereItWent() {
    use(fe1);
    fe1.checked(Member.Health.DOWN, "refused");
    use(fe2);
    assertThat(bindings.owner(pool, source)).isSameAs(fe2);
    fe1.checked(Member.Health.UP, "");
    use(fe1);
    assertThat(bindings.owner(pool, source)).isSameAs(fe2);
  }

  @Test
  void aSourceMovesWhenItsMemberIsPastItsDrain() {
    use(fe1);
    fe1.drained();
    use(fe2);
    assertThat(bindings.owner(pool, source)).isSameAs(fe2);
  }

  @Test
  void aSourceMovesWhenItsMemberIsRemoved() {
    use(fe1);
    MemberPool without = pool("web", "web", Selection.usual(), fe2);
    assertThat(bindings.owner(without, source)).isNull();
    bindings.used(without, source, fe2);
    eventually("the log has it", () -> bindings.owner(without, source) == fe2);
  }

  @Test
  void aSourceMovesWhenItsMemberIsOverItsLimit() {
    use(fe1);
    MemberPool limited =
        pool("web", "web", new Selection(Selection.usual().balance(), 1), fe1, fe2);
    assertThat(fe1.openConnection(1)).isTrue();
    bindings.used(limited, source, fe2);
    eventually("the log has it", () -> bindings.owner(limited, source) == fe2);
  }

  @Test
  void poolsOfOneGroupShareASourcesMemberByItsHost() {
    use(fe2);
    Member clear1 = member("web-80", "fe1");
    Member clear2 = member("web-80", "fe2");
    MemberPool clear = pool("web-80", "web", Selection.usual(), clear1, clear2);
    assertThat(bindings.owner(clear, source)).isSameAs(clear2);
    MemberPool other = pool("other", "other", Selection.usual(), clear1, clear2);
    assertThat(bindings.owner(other, source)).isNull();
  }

  @Test
  void aSourceIsForgottenAfterItsIdleTimeAndNotBeforeAUseRunsOut() {
    use(fe1);
    pass(Duration.ofMinutes(2));
    use(fe1);
    pass(Duration.ofMinutes(2));
    assertThat(bindings.owner(pool, source)).isSameAs(fe1);
    pass(Duration.ofMinutes(2));
    eventually("the log has it", () -> bindings.owner(pool, source) == null);
    assertThat(bindings.replica().table().counts().expired()).isEqualTo(1);
  }

  @Test
  void usesAreToldOnlyOnceInAThirdOfTheIdleTime() {
    use(fe1);
    long position = bindings.replica().table().time();
    pass(Duration.ofSeconds(50));
    use(fe1);
    assertThat(used()).isEqualTo(position);
    pass(Duration.ofSeconds(20));
    use(fe1);
    assertThat(used()).isGreaterThan(position);
  }

  private long used() {
    return java.util.Objects.requireNonNull(
            bindings.replica().table().group(pool.persistence().group()))
        .used(source.high(), source.low());
  }

  @Test
  void aFullQueueIsCountedAndHealedByTheNextRequest() {
    Bindings full = bindings(4);
    for (int i = 0; i < 10; i++) {
      full.used(pool, new ClientSource(0, i), fe1);
    }
    assertThat(full.overflowed()).isEqualTo(6);
    assertThat(full.owner(pool, new ClientSource(0, 9))).isNull();
    try (LocalBindings drained = new LocalBindings(full, _ -> IDLE.toMillis(), clock::get)) {
      eventually("the log has it", full::isIdle);
      full.used(pool, new ClientSource(0, 9), fe1);
      eventually("the log has it", () -> full.owner(pool, new ClientSource(0, 9)) == fe1);
      assertThat(drained).isNotNull();
    }
  }

  @Test
  void poolsThatChooseByOtherMeansBindNothing() {
    MemberPool turns =
        pool(
            "web",
            "web",
            new Selection(io.portcullis.proxy.member.Balance.ROUND_ROBIN, 0),
            fe1,
            fe2);
    bindings.used(turns, source, fe1);
    assertThat(bindings.isIdle()).isTrue();
    assertThat(bindings.owner(turns, source)).isNull();
  }
}
