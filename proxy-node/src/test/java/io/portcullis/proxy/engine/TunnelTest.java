package io.portcullis.proxy.engine;

import static io.portcullis.proxy.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.message.Failure;
import io.portcullis.proxy.message.Upgrades;
import io.portcullis.proxy.rule.Decision;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("StringConcatToTextBlock") // line ends are the subject
class TunnelTest {

  private static final String ASK =
      "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"
          + "Sec-WebSocket-Key: AAAA\r\n\r\n";
  private static final String AGREE =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
          + "Sec-WebSocket-Accept: BBBB\r\n\r\n";
  private static final String AGREED =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: BBBB\r\n"
          + "Connection: Upgrade\r\n\r\n";
  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

  private static TestNode node(int port) throws IOException {
    return node(port, true, Duration.ofSeconds(20));
  }

  private static TestNode node(int port, boolean isPrivate, Duration idle) throws IOException {
    MemberPool pool = TestNode.clearPool(isPrivate, port);
    Upgrades upgrades = new Upgrades(List.of("other/1", "websocket"), idle);
    return TestNode.of(
        _ -> new Decision.Forward("chat", pool, false, upgrades), TestNode.IN_ORDER, pool);
  }

  /// Agrees, then does what the test wants.
  private static ScriptedMember agreeing(ScriptedMember.Script then) throws IOException {
    return new ScriptedMember((wire, number) -> {
      String head = wire.readHead();
      assertThat(head)
          .isEqualTo(
              "GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: WebSocket\r\nSec-WebSocket-Key: AAAA\r\n"
                  + "Connection: Upgrade\r\n\r\n");
      wire.send(AGREE);
      then.run(wire, number);
    });
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void bytesPassBothWaysUntouched(boolean isPrivate) throws IOException {
    byte[] much = new byte[3_000_000];
    new Random(1).nextBytes(much);
    try (ScriptedMember member =
            agreeing((wire, _) -> {
              wire.send("GET / HTTP/1.1\r\n\0\n");
              byte[] got = wire.in().readNBytes(much.length);
              wire.send(got);
            });
        TestNode node = node(member.port(), isPrivate, Duration.ofSeconds(20));
        Wire client = node.connect()) {
      assertThat(client.send(ASK).readHead()).isEqualTo(AGREED);
      assertThat(client.readBytes(18)).isEqualTo("GET / HTTP/1.1\r\n\0\n");
      Thread.ofVirtual()
          .start(() -> {
            try {
              client.send(much);
            } catch (IOException _) {
              // The comparison fails then.
            }
          });
      assertThat(client.in().readNBytes(much.length)).isEqualTo(much);
      assertThat(client.isClosedByPeer()).isTrue();
      assertThat(node.counters.failures()).isZero();
    }
  }

  @Test
  void clientThatEndsItsDirectionStillHears() throws IOException {
    try (ScriptedMember member =
            agreeing((wire, _) -> {
              String all = wire.readToEnd();
              wire.send("you said " + all);
            });
        TestNode node = node(member.port());
        Wire client = node.connect()) {
      client.send(ASK).readHead();
      client.send("good");
      client.send("bye");
      client.socket().shutdownOutput();
      assertThat(client.readToEnd()).isEqualTo("you said goodbye");
      eventually("closed", () -> node.counters.connectionsOpen() == 0);
      assertThat(node.counters.failures()).isZero();
    }
  }

  @Test
  void memberThatEndsItsDirectionStillHears() throws Exception {
    CountDownLatch heard = new CountDownLatch(1);
    try (ScriptedMember member =
            agreeing((wire, _) -> {
              wire.send("that is all");
              wire.socket().shutdownOutput();
              if (wire.readToEnd().equals("fine")) {
                heard.countDown();
              }
            });
        TestNode node = node(member.port());
        Wire client = node.connect()) {
      client.send(ASK).readHead();
      assertThat(client.readToEnd()).isEqualTo("that is all");
      client.send("fine");
      client.socket().shutdownOutput();
      assertThat(heard.await(20, TimeUnit.SECONDS)).isTrue();
      eventually("closed", () -> node.counters.connectionsOpen() == 0);
      assertThat(node.counters.failures()).isZero();
    }
  }

  @Test
  void bytesThatCameAheadOfTheAgreementAreNotLost() throws IOException {
    try (ScriptedMember member =
            new ScriptedMember((wire, _) -> {
              wire.readHead();
              // Nothing more may come before the answer; then all of it.
              wire.send(AGREE + "hello");
              wire.send(wire.readBytes(5));
              wire.isClosedByPeer();
            });
        TestNode node = node(member.port());
        Wire client = node.connect()) {
      client.send(ASK + "early");
      assertThat(client.readHead()).isEqualTo(AGREED);
      assertThat(client.readBytes(10)).isEqualTo("helloearly");
    }
  }

  @Test
  void silenceEndsATunnelAfterItsOwnTime() throws IOException {
    try (ScriptedMember member = agreeing((wire, _) -> wire.isClosedByPeer());
        TestNode node = node(member.port(), true, Duration.ofMillis(300));
        Wire client = node.connect()) {
      client.send(ASK).readHead();
      assertThat(client.isClosedByPeer()).isTrue();
      eventually("closed", () -> node.counters.connectionsOpen() == 0);
    }
  }

  @Test
  void memberThatDiesEndsTheTunnel() throws IOException {
    try (ScriptedMember member =
            agreeing((wire, _) -> {
              wire.send("x");
              wire.socket().setSoLinger(true, 0);
            });
        TestNode node = node(member.port());
        Wire client = node.connect()) {
      client.send(ASK).readHead();
      client.readToEnd();
      eventually("closed", () -> node.counters.connectionsOpen() == 0);
      assertThat(node.counters.failures(Failure.MEMBER_BODY_CUT)).isEqualTo(1);
    }
  }

  @Test
  void clientThatDiesEndsTheTunnelAtTheMember() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    try (ScriptedMember member =
            agreeing((wire, _) -> {
              if (wire.isClosedByPeer()) {
                gone.countDown();
              }
            });
        TestNode node = node(member.port());
        Wire client = node.connect()) {
      client.send(ASK).readHead();
      client.socket().setSoLinger(true, 0);
      client.socket().close();
      assertThat(gone.await(20, TimeUnit.SECONDS)).isTrue();
      eventually("closed", () -> node.counters.connectionsOpen() == 0);
    }
  }

  @Test
  void memberMayDecline() throws IOException {
    try (ScriptedMember member = ScriptedMember.echo();
        TestNode node = node(member.port());
        Wire client = node.connect()) {
      assertThat(client.send(ASK).read().status()).isEqualTo(200);
      assertThat(client.send(GET).read().status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket, h2c\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nUpgrade: websocket\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
        "GET / HTTP/1.0\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 1\r\n\r\nx"
      })
  void wishThatIsNotPlainNeverArrives(String ask) throws IOException {
    try (ScriptedMember member = ScriptedMember.echo();
        TestNode node = node(member.port());
        Wire client = node.connect()) {
      assertThat(client.send(ask).read().body()).doesNotContainIgnoringCase("upgrade");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: other/1\r\n\r\n",
        "HTTP/1.1 101 X\r\nConnection: Upgrade\r\n\r\n",
        "HTTP/1.1 101 X\r\nUpgrade: websocket\r\n\r\n",
      })
  void switchToWhatNobodyAskedForIsRefused(String agree) throws IOException {
    try (ScriptedMember member =
            new ScriptedMember((wire, _) -> {
              wire.readHead();
              wire.send(agree);
              wire.isClosedByPeer();
            });
        TestNode node = node(member.port());
        Wire client = node.connect()) {
      assertThat(client.send(ASK).read().status()).isEqualTo(502);
    }
  }

  @Test
  void switchedConnectionServesNobodyElse() throws IOException {
    try (ScriptedMember member =
            new ScriptedMember((wire, number) -> {
              String head = wire.readHead();
              if (head.startsWith("GET /chat")) {
                wire.send(AGREE + "x");
                throw new EOFException();
              }
              wire.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + number);
              wire.isClosedByPeer();
            });
        TestNode node = node(member.port(), false, Duration.ofSeconds(20));
        Wire client = node.connect();
        Wire other = node.connect()) {
      client.send(ASK).readHead();
      client.readToEnd();
      assertThat(other.send(GET).read().body()).isEqualTo("2");
    }
  }
}
