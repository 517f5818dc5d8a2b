package io.portcullis.proxy.engine;

import static io.portcullis.proxy.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.portcullis.proxy.balance.Balancer;
import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.message.Failure;
import io.portcullis.proxy.relay.Loop;
import io.portcullis.proxy.rule.Decision;
import io.portcullis.proxy.upstream.ConnectionCache;
import io.portcullis.proxy.upstream.UpstreamConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Nobody ever speaks as somebody else, however connections come and go. `-Dntlm.seed=N` repeats a run.
class IdentityTest {

  private static final long SEED = Long.getLong("ntlm.seed", 20261121);
  private static final int USERS = 1_000;
  private static final int AT_ONCE = 100;
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void thousandUsersKeepTheirIdentities(boolean isPrivate) throws Exception {
    try (StandInIis a1 = new StandInIis("a");
        StandInIis a2 = new StandInIis("a");
        StandInIis b1 = new StandInIis("b");
        TestNode node = twoNames(isPrivate, a1, a2, b1);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<StandInIis> members = List.of(a1, a2, b1);
      AtomicBoolean over = new AtomicBoolean();
      Future<?> killer = threads.submit(() -> killNowAndThen(members, over));
      Semaphore room = new Semaphore(AT_ONCE);
      List<Future<NtlmUser>> users = new ArrayList<>();
      for (int id = 0; id < USERS; id++) {
        NtlmUser user = new NtlmUser(id, new Random(SEED + id), node::connect);
        room.acquire();
        users.add(
            threads.submit(() -> {
              try {
                user.run();
              } finally {
                room.release();
              }
              return user;
            }));
      }
      List<String> wrong = new ArrayList<>();
      int confirmed = 0;
      for (Future<NtlmUser> user : users) {
        wrong.addAll(user.get().wrong());
        confirmed += user.get().confirmed();
      }
      over.set(true);
      killer.get();
      members.forEach(member -> wrong.addAll(member.foreign()));
      assertThat(wrong).as("seed %d", SEED).isEmpty();
      assertThat(confirmed).as("answers under one's own name").isGreaterThan(USERS);
      assertThat(node.counters.failures(Failure.FOREIGN_IDENTITY)).isZero();
    }
  }

  private static Void killNowAndThen(List<StandInIis> members, AtomicBoolean over) {
    Random random = new Random(SEED);
    while (!over.get()) {
      members.get(random.nextInt(members.size())).kill(random);
      LockSupport.parkNanos(Duration.ofMillis(20 + random.nextInt(60)).toNanos());
    }
    return null;
  }

  /// Names `a` and `b`, each with a pool of its own; members in turn, so that neighbours of a member are other clients.
  private static TestNode twoNames(boolean isPrivate, StandInIis a1, StandInIis a2, StandInIis b1)
      throws IOException {
    MemberPool a = TestNode.pool("a", isPrivate, PATIENCE, a1.port(), a2.port());
    MemberPool b = TestNode.pool("b", isPrivate, PATIENCE, b1.port());
    AtomicInteger turn = new AtomicInteger();
    Balancer inTurn =
        (pool, _, exclude, _) -> {
          int first = turn.getAndIncrement() & 0xffff;
          for (int i = 0; i < pool.members().size(); i++) {
            Member member = pool.members().get((first + i) % pool.members().size());
            if (!exclude.contains(member)) {
              return member;
            }
          }
          return null;
        };
    return TestNode.of(
        head -> new Decision.Forward("all", TestNode.host(head).equals("b") ? b : a, false),
        inTurn,
        a,
        b);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--ntlm", "--negotiate-style"})
  void realClientSignsInOverOneConnection(String scheme) throws Exception {
    try (StandInIis iis = new StandInIis("a");
        TestNode node = TestNode.of(TestNode.clearPool(true, iis.port()))) {
      String url = "http://127.0.0.1:" + node.address().getPort();
      List<String> command = new ArrayList<>(List.of("curl", "-sS", "-m", "20", "-d", "x=y"));
      if (scheme.equals("--ntlm")) {
        command.addAll(List.of("--ntlm", "-u", "17@a:secret"));
      } else {
        // A token of one leg, as Kerberos has it; the nonce 0 stands for no challenge at all.
        command.addAll(List.of("-H", "Authorization: Negotiate " + Ntlm.negotiate()));
      }
      command.addAll(List.of("-w", " %{http_code} %{num_connects};", url + "/one", url + "/two"));
      Process curl = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said =
          new String(curl.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
      assertThat(said)
          .isEqualTo(scheme.equals("--ntlm") ? "17@a 200 1;17@a 200 0;" : "who? 401 1;who? 401 0;");
      assertThat(curl.waitFor()).isZero();
    }
  }

  /// The bug that this guards against is planted: a connection in the loop's cache that belongs to somebody.
  @Test
  void connectionOfSomebodyElseIsNeverUsed() throws IOException {
    List<UpstreamConnection> planted = new CopyOnWriteArrayList<>();
    Balancer planting =
        (pool, _, _, _) -> {
          Member member = pool.members().getFirst();
          UpstreamConnection kept = ConnectionCache.ofThisLoop().take(pool, member, false);
          if (kept != null) {
            EventLoop loop = (EventLoop) kept.context().executor();
            ConnectionCache.ofThisLoop().put(kept, Loop.of(loop));
            kept.ownForLife(_ -> {}, 4711);
            planted.add(kept);
          }
          return member;
        };
    try (ScriptedMember member = ScriptedMember.echo()) {
      MemberPool shared = TestNode.clearPool(false, member.port());
      try (TestNode node =
              TestNode.of(_ -> new Decision.Forward("all", shared, false), planting, shared);
          Wire client = node.connect()) {
        assertThat(client.send(GET).read().status()).isEqualTo(200);
        Wire.Message second = client.send(GET).read();
        assertThat(planted).hasSize(1);
        assertThat(second.status()).isEqualTo(502);
        assertThat(second.has("Connection: close")).isTrue();
        assertThat(client.isClosedByPeer()).isTrue();
        assertThat(node.counters.failures(Failure.FOREIGN_IDENTITY)).isEqualTo(1);
        eventually("closed", () -> !planted.getFirst().context().channel().isActive());
      }
    }
  }
}
