package io.portcullis.proxy.engine;

import static io.portcullis.proxy.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.message.Transport;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@SuppressWarnings("StringConcatToTextBlock") // line ends are the subject
class ForwardingTest {

  /// A kernel, or a container around it, may forbid io_uring.
  static Stream<Transport> transports() {
    return Arrays.stream(Transport.values()).filter(Transport::isAvailable);
  }

  @ParameterizedTest
  @MethodSource("transports")
  void requestAndResponsePassByteForByte(Transport transport) throws IOException {
    String head =
        "GET /m/Presenter.aspx?a=0&WopiSrc=https%3A%2F%2Fx&<fs=FULLSCREEN&>'\u00fc|^ HTTP/1.1\r\n"
            + "hOST:  Owas.Contoso.com:443 \r\nX-b: 2\r\nX-A: 1\r\nX-b: 3\r\nCookie: a=b; c\r\n\r\n";
    try (ScriptedMember member = ScriptedMember.echo();
        TestNode node = TestNode.of(TestNode.clearPool(true, member.port()), transport);
        Wire client = node.connect()) {
      Wire.Message answer = client.send(head).read();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.head()).endsWith("X-Kept: as Is\r\n\r\n");
      assertThat(answer.body()).isEqualTo("connection 1\n" + head);
    }
  }

  @Test
  void headInAnyPiecesIsTheSameRequest() throws IOException {
    String head = "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
    try (ScriptedMember member = ScriptedMember.echo();
        TestNode node = TestNode.of(TestNode.clearPool(true, member.port()));
        Wire client = node.connect()) {
      for (int i = 0; i < head.length(); i++) {
        client.send(head.substring(i, i + 1));
      }
      assertThat(client.read().body()).isEqualTo("connection 1\n" + head);
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws IOException {
    try (ScriptedMember member = ScriptedMember.echo();
        TestNode node = TestNode.of(TestNode.clearPool(true, member.port()));
        Wire client = node.connect()) {
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < 200; i++) {
        all.append("GET /" + i + (i % 7 == 0 ? "/denied" : "") + " HTTP/1.1\r\nHost: a\r\n\r\n");
      }
      client.send(all.toString());
      for (int i = 0; i < 200; i++) {
        assertThat(client.read().body()).contains("GET /" + i);
      }
      assertThat(member.connections()).isEqualTo(1);
    }
  }

  @Test
  void hopByHopHeadersStayOnTheirHop() throws IOException {
    try (ScriptedMember member = ScriptedMember.echo();
        TestNode node = TestNode.of(TestNode.clearPool(true, member.port()));
        Wire client = node.connect()) {
      client.send(
          "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, X-Hop, Host, Content-Length\r\nX-Hop: 1\r\n"
              + "Keep-Alive: 5\r\nTE: trailers\r\nUpgrade: websocket\r\nProxy-Connection: keep-alive\r\n"
              + "X-Forwarded-For: 1.2.3.4\r\nx-forwarded-proto: http\r\nForwarded: for=1\r\n"
              + "Content-Length: 0\r\nX-End: 1\r\n\r\n");
      assertThat(client.read().body())
          .isEqualTo(
              "connection 1\nGET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nX-End: 1\r\n\r\n");
    }
  }

  @Test
  void authorizationIsDroppedWhereTheRuleSaysSo() throws IOException {
    try (ScriptedMember member = ScriptedMember.echo();
        TestNode node = TestNode.of(TestNode.clearPool(true, member.port()));
        Wire client = node.connect()) {
      String rest = " HTTP/1.1\r\nHost: a\r\nAuthorization: Basic Zm9v\r\n\r\n";
      assertThat(client.send("GET /kept" + rest).read().body()).contains("Zm9v");
      assertThat(client.send("GET /anonymous" + rest).read().body()).doesNotContain("Zm9v");
    }
  }

  @Test
  void redirectKeepsHostPathAndQueryRaw() throws IOException {
    try (TestNode node = TestNode.of(TestNode.clearPool(true, 1));
        Wire client = node.connect()) {
      Wire.Message answer =
          client
              .send(
                  "GET /secure/%2e<x>?a=%20&b=\u00ff HTTP/1.1\r\nHost: Meet.contoso.com:80\r\n\r\n")
              .read();
      assertThat(answer.status()).isEqualTo(301);
      assertThat(answer.head())
          .contains("\r\nLocation: https://Meet.contoso.com:8443/secure/%2e<x>?a=%20&b=\u00ff\r\n");
      assertThat(client.send("GET /denied HTTP/1.1\r\nHost: a\r\n\r\n").read().status())
          .as("the connection stays usable")
          .isEqualTo(404);
    }
  }

  @Test
  void bodyOfARefusedRequestIsReadAndForgotten() throws IOException {
    try (TestNode node = TestNode.of(TestNode.clearPool(true, 1));
        Wire client = node.connect()) {
      client.send("POST /denied HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
      client.send("x".repeat(100_000));
      assertThat(client.read().status()).isEqualTo(404);
      assertThat(client.send("GET /denied HTTP/1.1\r\nHost: a\r\n\r\n").read().status())
          .isEqualTo(404);
    }
  }

  @Test
  void chunkedPassesAsReceivedBothWays() throws IOException {
    String body = "5;a=b\r\nhello\r\n3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n";
    try (ScriptedMember member =
            new ScriptedMember((wire, _) -> {
              while (true) {
                Wire.Message request = wire.read();
                wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                wire.send(request.body());
              }
            });
        TestNode node = TestNode.of(TestNode.clearPool(true, member.port()));
        Wire client = node.connect()) {
      for (int i = 0; i < 3; i++) {
        client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body);
        assertThat(client.read().body()).isEqualTo(body);
      }
    }
  }

  @Test
  void headAndNotModifiedHaveNoBody() throws IOException {
    try (ScriptedMember member =
            new ScriptedMember((wire, _) -> {
              while (true) {
                String status = wire.read().firstLine().startsWith("HEAD") ? "200 OK" : "304 X";
                wire.send("HTTP/1.1 " + status + "\r\nContent-Length: 1000\r\n\r\n");
              }
            });
        TestNode node = TestNode.of(TestNode.clearPool(true, member.port()));
        Wire client = node.connect()) {
      client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.readHeadOnly().has("Content-Length: 1000")).isTrue();
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.readHeadOnly().status()).isEqualTo(304);
      assertThat(member.connections()).isEqualTo(1);
    }
  }

  @Test
  void oldClientGetsChunksUnwrappedAndAClose() throws IOException {
    try (ScriptedMember member =
            new ScriptedMember((wire, _) -> {
              wire.read();
              wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nab");
              wire.send("cd\r\n3;x\r\nefg\r\n0\r\n\r\n");
              wire.read();
            });
        TestNode node = TestNode.of(TestNode.clearPool(true, member.port()));
        Wire client = node.connect()) {
      String answer = client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n").readToEnd();
      assertThat(answer).isEqualTo("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabcdefg");
    }
  }

  @Test
  void bodyUntilCloseEndsWithAClose() throws IOException {
    try (ScriptedMember member =
            new ScriptedMember((wire, _) -> {
              wire.read();
              wire.send("HTTP/1.1 200 OK\r\n\r\n" + "y".repeat(100_000));
            });
        TestNode node = TestNode.of(TestNode.clearPool(false, member.port()));
        Wire client = node.connect()) {
      String answer = client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").readToEnd();
      assertThat(answer).startsWith("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nyyy");
      assertThat(answer).hasSize("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".length() + 100_000);
    }
  }

  @Test
  void openExchangesAndConnectionsAreCounted() throws IOException {
    try (ScriptedMember member = ScriptedMember.echo();
        TestNode node = TestNode.of(TestNode.clearPool(true, member.port()))) {
      try (Wire client = node.connect()) {
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").read();
        assertThat(node.counters.exchanges()).isEqualTo(1);
        assertThat(node.counters.connectionsOpen()).isEqualTo(1);
      }
      eventually("closed", () -> node.counters.connectionsOpen() == 0);
      assertThat(node.current.current().pools().getFirst().members().getFirst().openExchanges())
          .hasValue(0);
      assertThat(node.counters.failures()).isZero();
    }
  }
}
