package io.portcullis.proxy.engine;

import static io.portcullis.proxy.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.server.FreePort;
import io.portcullis.proxy.message.Failure;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

@SuppressWarnings("StringConcatToTextBlock") // line ends are the subject
class FailureTest {

  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

  private static int refusedPort() throws IOException {
    return FreePort.one();
  }

  @Test
  void refusedMemberIsPassedOverAndLeftAlone() throws IOException {
    try (ScriptedMember member = ScriptedMember.echo();
        TestNode node = TestNode.of(TestNode.clearPool(true, refusedPort(), member.port()))) {
      for (int i = 0; i < 3; i++) {
        try (Wire client = node.connect()) {
          client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\n");
          client.send("z".repeat(20_000));
          assertThat(client.read().body()).endsWith("zzz");
        }
      }
      assertThat(node.counters.failures(Failure.MEMBER_UNREACHABLE)).isEqualTo(1);
    }
  }

  @Test
  void nobodyReachableSaysSoAndNobodyAvailableSaysThat() throws IOException {
    try (TestNode node = TestNode.of(TestNode.clearPool(false, refusedPort(), refusedPort()));
        Wire client = node.connect()) {
      Wire.Message unreachable = client.send(GET).read();
      assertThat(unreachable.status()).isEqualTo(502);
      assertThat(unreachable.body()).contains("502.3, could not reach").contains("request ");
      Wire.Message none = client.send(GET).read();
      assertThat(none.status()).isEqualTo(503);
      assertThat(none.body()).contains("503, none available").contains("request ");
      for (Wire.Message said : List.of(unreachable, none)) {
        assertThat(said.head() + said.body())
            .doesNotContain("127.0.0.1")
            .doesNotContainPattern("\\bfe\\d?\\b")
            .doesNotContain("pool");
      }
    }
  }

  @Test
  void memberThatClosesWithoutAnAnswerIsNotAskedTwice() throws IOException {
    try (ScriptedMember member = new ScriptedMember((wire, _) -> wire.read());
        TestNode node = TestNode.of(TestNode.clearPool(true, member.port(), member.port()));
        Wire client = node.connect()) {
      Wire.Message answer = client.send(GET).read();
      assertThat(answer.status()).isEqualTo(502);
      assertThat(answer.has("Connection: close")).isTrue();
      assertThat(client.isClosedByPeer()).isTrue();
      assertThat(member.connections()).isEqualTo(1);
    }
  }

  @Test
  void memberThatDiesInItsAnswerIsNoCompleteAnswer() throws IOException {
    try (ScriptedMember member =
            new ScriptedMember((wire, _) -> {
              wire.read();
              wire.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf");
            });
        TestNode node = TestNode.of(TestNode.clearPool(false, member.port()));
        Wire client = node.connect()) {
      String answer = client.send(GET).readToEnd();
      assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n").endsWith("half");
      assertThat(node.counters.failures(Failure.MEMBER_BODY_CUT)).isEqualTo(1);
    }
  }

  @Test
  void malformedAnswerBecomes502() throws IOException {
    for (String answer :
        new String[] {
          "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Length: 1\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
          "hello\r\n\r\n"
        }) {
      try (ScriptedMember member =
              new ScriptedMember((wire, _) -> {
                wire.read();
                wire.send(answer);
                wire.read();
              });
          TestNode node = TestNode.of(TestNode.clearPool(true, member.port()));
          Wire client = node.connect()) {
        assertThat(client.send(GET).read().status()).as(answer).isEqualTo(502);
        assertThat(node.counters.failures(Failure.MEMBER_HEAD_REFUSED)).isEqualTo(1);
      }
    }
  }

  @Test
  void silentMemberTimesOut() throws IOException {
    try (ScriptedMember member =
            new ScriptedMember((wire, _) -> {
              wire.read();
              wire.isClosedByPeer();
            });
        TestNode node = TestNode.of(TestNode.pool(true, Duration.ofMillis(300), member.port()));
        Wire client = node.connect()) {
      assertThat(client.send(GET).read().status()).isEqualTo(504);
    }
  }

  @Test
  void clientAbortReachesTheMemberAtOnce() throws Exception {
    java.util.concurrent.CountDownLatch parked = new java.util.concurrent.CountDownLatch(1);
    java.util.concurrent.CountDownLatch aborted = new java.util.concurrent.CountDownLatch(1);
    try (ScriptedMember member =
            new ScriptedMember((wire, _) -> {
              wire.read();
              parked.countDown();
              if (wire.isClosedByPeer()) {
                aborted.countDown();
              }
            });
        TestNode node = TestNode.of(TestNode.clearPool(false, member.port()))) {
      try (Wire client = node.connect()) {
        client.send(GET);
        parked.await();
      }
      assertThat(aborted.await(10, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
      eventually("counted", () -> node.counters.failures(Failure.CLIENT_GONE) == 1);
    }
  }

  @Test
  void idleMemberThatClosesTakesItsClientAlong() throws IOException {
    try (ScriptedMember member =
            new ScriptedMember((wire, _) -> {
              wire.read();
              wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            });
        TestNode node = TestNode.of(TestNode.clearPool(true, member.port()));
        Wire client = node.connect()) {
      assertThat(client.send(GET).read().status()).isEqualTo(200);
      assertThat(client.isClosedByPeer()).isTrue();
    }
  }

  /// Once they have arrived. Bytes that are still under way when the next request leaves cannot be told from its answer.
  @Test
  void bytesNobodyAskedForNeverBecomeAnAnswer() throws Exception {
    java.util.concurrent.CountDownLatch closed = new java.util.concurrent.CountDownLatch(1);
    try (ScriptedMember member =
            new ScriptedMember((wire, number) -> {
              wire.read();
              wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
              if (number == 1) {
                wire.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
              }
              if (wire.isClosedByPeer()) {
                closed.countDown();
              }
            });
        TestNode node = TestNode.of(TestNode.clearPool(false, member.port()));
        Wire client = node.connect()) {
      assertThat(client.send(GET).read().body()).isEmpty();
      assertThat(closed.await(20, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
      assertThat(client.send(GET).read().body()).isEmpty();
      assertThat(member.connections()).isEqualTo(2);
    }
  }
}
