package io.portcullis.proxy.exchange;

import static io.portcullis.proxy.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.binding.BindingReplica;
import io.portcullis.farm.binding.Identity;
import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.member.Selection;
import io.portcullis.proxy.persistence.Bindings;
import io.portcullis.proxy.persistence.ClientSource;
import io.portcullis.proxy.persistence.LocalBindings;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TiesTest {

  private static final Duration IDLE = Duration.ofMinutes(3);
  private static final long TICKS_A_MINUTE = 300;

  @Test
  void anOpenConnectionThatSaysNothingKeepsItsSourcesBinding() {
    AtomicLong clock = new AtomicLong(1);
    Bindings bindings = new Bindings(new BindingReplica(new SplittableRandom(1)::nextLong));
    Member member = new Member("web", "fe1", 1, 443, 80);
    member.resolvedTo(InetAddress.getLoopbackAddress());
    MemberPool pool =
        new MemberPool(
            "web",
            List.of(member),
            null,
            null,
            true,
            IDLE,
            IDLE,
            IDLE,
            new MemberPool.Persistence(Identity.of("web"), 32, 64, IDLE),
            Selection.usual());
    ClientSource silent = new ClientSource(0, 1);
    ClientSource gone = new ClientSource(0, 2);
    try (LocalBindings _ = new LocalBindings(bindings, _ -> IDLE.toMillis(), clock::get)) {
      Ties ties = new Ties(bindings);
      ties.used(pool, silent, member, 0);
      bindings.used(pool, gone, member);
      eventually("both are bound", () -> bindings.replica().table().size() == 2);
      for (int minute = 1; minute <= 6; minute++) {
        long before = bindings.replica().table().time();
        clock.addAndGet(60_000);
        eventually("a minute has passed", () -> bindings.replica().table().time() > before);
        ties.tick(minute * TICKS_A_MINUTE);
        eventually("the use is told", () -> bindings.isIdle() && bindings.replica().waiting() == 0);
      }
      eventually("the other is forgotten", () -> bindings.owner(pool, gone) == null);
      assertThat(bindings.owner(pool, silent)).isSameAs(member);
    }
  }
}
