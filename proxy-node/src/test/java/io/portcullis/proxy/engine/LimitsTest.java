package io.portcullis.proxy.engine;

import static io.portcullis.proxy.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.limit.Access;
import io.portcullis.proxy.limit.Cidrs;
import io.portcullis.proxy.limit.ListenerLimits;
import io.portcullis.proxy.limit.RuleLimits;
import io.portcullis.proxy.message.Failure;
import io.portcullis.proxy.snapshot.ListenerSnapshot;
import io.portcullis.proxy.snapshot.Snapshot;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Sources are told apart by where they connect from: 127.0.0.1, 127.0.0.2, ...
@SuppressWarnings("StringConcatToTextBlock") // line ends are the subject
class LimitsTest {

  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

  private static Access access(int connections, int handshakes, int requests) {
    return new Access(
        new ListenerLimits(connections, handshakes, requests, new ListenerLimits.Tables()),
        Map.of());
  }

  private static TestNode node(ScriptedMember member, Access access) throws IOException {
    TestNode node = TestNode.of(TestNode.clearPool(true, member.port()));
    publish(node, access);
    return node;
  }

  private static void publish(TestNode node, Access access) {
    Snapshot now = node.current.current();
    ListenerSnapshot door = now.listeners().values().iterator().next();
    node.current.publish(
        new Snapshot(
            now.revision() + 1,
            Map.of(
                door.name(),
                new ListenerSnapshot(door.name(), door.bind(), door.rules(), door.names(), access)),
            now.pools(),
            now.balancer()));
  }

  private static Wire connectFrom(TestNode node, int source) throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0." + source), 0));
    socket.connect(node.address());
    return new Wire(socket);
  }

  @Test
  void sourceWithAsManyConnectionsAsItMayIsClosedAndOthersAreNot() throws IOException {
    try (ScriptedMember member = ScriptedMember.echo();
        TestNode node = node(member, access(2, 0, 0));
        Wire one = connectFrom(node, 1);
        Wire two = connectFrom(node, 1)) {
      assertThat(one.send(GET).read().status()).isEqualTo(200);
      assertThat(two.send(GET).read().status()).isEqualTo(200);
      try (Wire three = connectFrom(node, 1)) {
        assertThat(three.isClosedByPeer()).isTrue();
      }
      try (Wire other = connectFrom(node, 2)) {
        assertThat(other.send(GET).read().status()).isEqualTo(200);
      }
      assertThat(node.counters.failures(Failure.CONNECTION_LIMIT)).isEqualTo(1);
      one.socket().close();
      eventually("room again", () -> served(node, 1));
    }
  }

  private static boolean served(TestNode node, int source) {
    try (Wire wire = connectFrom(node, source)) {
      return wire.send(GET).read().status() == 200;
    } catch (IOException _) {
      return false;
    }
  }

  @Test
  void tooManyRequestsAre429WithATimeAndTheConnectionStays() throws IOException {
    try (ScriptedMember member = ScriptedMember.echo();
        TestNode node = node(member, access(0, 0, 5));
        Wire client = connectFrom(node, 1)) {
      List<Integer> answers = new ArrayList<>();
      Wire.Message refused = null;
      for (int i = 0; i < 50; i++) {
        Wire.Message answer = client.send(GET).read();
        answers.add(answer.status());
        refused = answer.status() == 429 ? answer : refused;
      }
      assertThat(answers.subList(0, 5)).containsOnly(200);
      assertThat(answers).contains(429);
      assertThat(refused).isNotNull();
      if (refused != null) {
        assertThat(refused.has("Retry-After: 1")).isTrue();
        assertThat(refused.has("Connection: close")).isFalse();
        assertThat(refused.body()).contains("too many requests", "request ");
      }
      assertThat(node.counters.failures(Failure.REQUEST_LIMIT)).isPositive();
      try (Wire other = connectFrom(node, 2)) {
        assertThat(other.send(GET).read().status()).isEqualTo(200);
      }
      publish(node, Access.OPEN);
      assertThat(client.send(GET).read().status()).isEqualTo(200);
    }
  }

  @Test
  void deniedNetworkGets403AndReachesNoMember() throws IOException {
    RuleLimits rule =
        new RuleLimits(Cidrs.NONE, Cidrs.of(List.of("127.0.0.3")), 0, 0, new RuleLimits.Tables());
    try (ScriptedMember member = ScriptedMember.echo();
        TestNode node = node(member, new Access(null, Map.of("all", rule)));
        Wire denied = connectFrom(node, 3);
        Wire allowed = connectFrom(node, 4)) {
      Wire.Message answer = denied.send(GET).read();
      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.body()).contains("this address may not use this service");
      assertThat(member.connections()).isZero();
      assertThat(node.counters.failures(Failure.SOURCE_DENIED)).isEqualTo(1);
      assertThat(allowed.send(GET).read().status()).isEqualTo(200);
    }
  }

  /// A flood on many connections, opened as fast as it can and never read, beside clients that stay within the limits.
  @Test
  void thoseWithinTheLimitsAreServedWhileASourceFloods() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger flooded = new AtomicInteger();
    try (ScriptedMember member = ScriptedMember.echo();
        TestNode node = node(member, access(10, 0, 20))) {
      Thread[] flood = new Thread[4];
      for (int i = 0; i < flood.length; i++) {
        flood[i] = Thread.ofVirtual().start(() -> flood(node, over, flooded));
      }
      eventually("flooding", () -> node.counters.failures(Failure.REQUEST_LIMIT) > 100);
      for (int round = 0; round < 5; round++) {
        for (int source = 10; source < 40; source++) {
          try (Wire client = connectFrom(node, source)) {
            assertThat(client.send(GET).read().status()).isEqualTo(200);
          }
        }
      }
      // 20 at once and 20 a second for one source: the member saw our clients' requests, and few of
      // the flood's.
      long refused = node.counters.failures(Failure.REQUEST_LIMIT);
      over.set(true);
      for (Thread thread : flood) {
        thread.join();
      }
      assertThat(refused).isGreaterThan(100);
      assertThat(flooded.get()).isPositive();
      assertThat(node.counters.failures(Failure.NO_MEMBER)).isZero();
    }
  }

  private static void flood(TestNode node, AtomicBoolean over, AtomicInteger sent) {
    while (!over.get()) {
      try (Wire wire = connectFrom(node, 1)) {
        for (int i = 0; i < 50 && !over.get(); i++) {
          wire.send(GET.repeat(4));
          for (int answer = 0; answer < 4; answer++) {
            wire.read();
            sent.incrementAndGet();
          }
        }
      } catch (IOException _) {
        // Closed at the door: again.
      }
    }
  }
}
