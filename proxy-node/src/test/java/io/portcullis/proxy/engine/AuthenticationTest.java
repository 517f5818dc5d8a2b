package io.portcullis.proxy.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.rule.Decision;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// NTLM authenticates the connection: whoever shares it is somebody else.
@SuppressWarnings("StringConcatToTextBlock") // line ends are the subject
class AuthenticationTest {

  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

  private static String connectionOf(Wire client, String request) throws IOException {
    return client.send(request).read().body().lines().findFirst().orElseThrow();
  }

  @Test
  void privatePoolNeverSharesAConnection() throws IOException {
    try (ScriptedMember member = ScriptedMember.echo();
        TestNode node = TestNode.of(TestNode.clearPool(true, member.port()));
        Wire a = node.connect();
        Wire b = node.connect()) {
      assertThat(
              List.of(
                  connectionOf(a, GET),
                  connectionOf(b, GET),
                  connectionOf(a, GET),
                  connectionOf(b, GET)))
          .containsExactly("connection 1", "connection 2", "connection 1", "connection 2");
      a.socket().close();
      try (Wire c = node.connect()) {
        assertThat(connectionOf(c, GET)).isEqualTo("connection 3");
      }
    }
  }

  @Test
  void sharedPoolReusesUntilAClientAuthenticates() throws IOException {
    String ntlm = "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: nTlM TlRMTVNTUAAB\r\n\r\n";
    try (ScriptedMember member = ScriptedMember.echo();
        TestNode node =
            TestNode.of(
                TestNode.clearPool(false, member.port()),
                io.portcullis.proxy.message.Transport.NIO);
        Wire a = node.connect()) {
      assertThat(connectionOf(a, GET)).isEqualTo("connection 1");
      assertThat(connectionOf(a, GET)).isEqualTo("connection 1");
      assertThat(connectionOf(a, ntlm)).isEqualTo("connection 1");
      for (int i = 0; i < 4; i++) {
        try (Wire other = node.connect()) {
          assertThat(connectionOf(other, GET)).isNotEqualTo("connection 1");
        }
      }
      assertThat(connectionOf(a, GET)).isEqualTo("connection 1");
    }
  }

  @Test
  void challengeMakesASharedConnectionPrivate() throws IOException {
    try (ScriptedMember member =
            new ScriptedMember((wire, number) -> {
              while (true) {
                wire.read();
                String body = "connection " + number + "\n";
                wire.send(
                    "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\", Negotiate\r\n"
                        + "Content-Length: "
                        + body.length()
                        + "\r\n\r\n"
                        + body);
              }
            });
        TestNode node = TestNode.of(TestNode.clearPool(false, member.port()));
        Wire a = node.connect()) {
      assertThat(connectionOf(a, GET)).isEqualTo("connection 1");
      for (int i = 0; i < 4; i++) {
        try (Wire other = node.connect()) {
          assertThat(connectionOf(other, GET)).isNotEqualTo("connection 1");
        }
      }
      assertThat(connectionOf(a, GET)).isEqualTo("connection 1");
    }
  }

  @Test
  void twoNamesOnOneConnectionHaveConnectionsOfTheirOwn() throws IOException {
    try (ScriptedMember a = ScriptedMember.echo();
        ScriptedMember b = ScriptedMember.echo()) {
      MemberPool poolA = TestNode.pool("a", true, Duration.ofSeconds(20), a.port());
      MemberPool poolB = TestNode.pool("b", true, Duration.ofSeconds(20), b.port());
      try (TestNode node =
              TestNode.of(
                  head ->
                      new Decision.Forward(
                          "all", TestNode.host(head).equals("b") ? poolB : poolA, false),
                  TestNode.IN_ORDER,
                  poolA,
                  poolB);
          Wire client = node.connect()) {
        for (int i = 0; i < 3; i++) {
          assertThat(connectionOf(client, GET)).isEqualTo("connection 1");
          assertThat(connectionOf(client, "GET / HTTP/1.1\r\nHost: b\r\n\r\n"))
              .isEqualTo("connection 1");
        }
        assertThat(a.connections() + b.connections()).isEqualTo(2);
      }
    }
  }

  @Test
  void clientThatLeavesTakesAllItsConnectionsAlong() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    try (ScriptedMember member =
            new ScriptedMember((wire, _) -> {
              wire.read();
              wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
              if (wire.isClosedByPeer()) {
                gone.countDown();
              }
            });
        TestNode node = TestNode.of(TestNode.clearPool(true, member.port()))) {
      try (Wire client = node.connect()) {
        assertThat(client.send(GET).read().status()).isEqualTo(200);
      }
      assertThat(gone.await(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void proxyAuthenticationMakesASharedConnectionPrivateToo() throws IOException {
    try (ScriptedMember member =
            new ScriptedMember((wire, number) -> {
              while (true) {
                wire.read();
                wire.send(
                    "HTTP/1.1 407 X\r\nProxy-Authenticate: NTLM\r\nContent-Length: 2\r\n\r\n"
                        + number
                        + "\n");
              }
            });
        TestNode node = TestNode.of(TestNode.clearPool(false, member.port()));
        Wire a = node.connect()) {
      assertThat(connectionOf(a, GET)).isEqualTo("1");
      for (int i = 2; i < 6; i++) {
        try (Wire other = node.connect()) {
          assertThat(connectionOf(other, GET)).isEqualTo(String.valueOf(i));
        }
      }
      assertThat(connectionOf(a, GET)).isEqualTo("1");
    }
  }

  @Test
  void expectContinueIsRelayedAndTheBodyFollows() throws IOException {
    try (ScriptedMember member =
            new ScriptedMember((wire, _) -> {
              String head = wire.readHead();
              wire.send("HTTP/1.1 100 Continue\r\n\r\n");
              String body = wire.readBody(head);
              wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
              wire.read();
            });
        TestNode node = TestNode.of(TestNode.clearPool(true, member.port()));
        Wire client = node.connect()) {
      client.send(
          "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
      assertThat(client.readHead()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
      assertThat(client.send("hello").read().body()).isEqualTo("hello");
    }
  }

  @Test
  void earlyChallengeDoesNotCostTheConnection() throws IOException {
    try (ScriptedMember member =
            new ScriptedMember((wire, number) -> {
              String head = wire.readHead();
              wire.send(
                  "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n");
              wire.readBody(head);
              ScriptedMember.echo(wire, number);
            });
        TestNode node = TestNode.of(TestNode.clearPool(true, member.port()));
        Wire client = node.connect()) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n");
      client.send("x".repeat(1000));
      assertThat(client.read().status()).isEqualTo(401);
      client.send("x".repeat(199_000));
      assertThat(connectionOf(client, GET)).isEqualTo("connection 1");
    }
  }

  @Test
  void earlyAnswerToAnEndlessBodyEndsInAClose() throws IOException {
    try (ScriptedMember member =
            new ScriptedMember((wire, _) -> {
              wire.readHead();
              wire.send("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
              wire.in().transferTo(java.io.OutputStream.nullOutputStream());
            });
        TestNode node = TestNode.of(TestNode.clearPool(true, member.port()));
        Wire client = node.connect()) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(413);
      byte[] some = new byte[64 * 1024];
      int sent = 0;
      try {
        for (; sent < 1_000_000_000; sent += some.length) {
          client.send(some);
        }
      } catch (IOException _) {
        // Closed by the proxy, as it should be.
      }
      assertThat(sent).isLessThan(100_000_000);
    }
  }
}
