package io.portcullis.proxy.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/// HTTP/1.0 and 1.1 between a client and a member, line by line.
@SuppressWarnings("StringConcatToTextBlock") // line ends are the subject
class ProtocolTest {

  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

  /// A private pool's node in front of `member`, and one client.
  private interface Talk {
    void with(Wire client, TestNode node) throws IOException;
  }

  private static void talk(ScriptedMember.Script script, Talk talk) throws IOException {
    try (ScriptedMember member = new ScriptedMember(script);
        TestNode node = TestNode.of(TestNode.clearPool(true, member.port()));
        Wire client = node.connect()) {
      talk.with(client, node);
    }
  }

  @Test
  void interimAnswersPassInOrderBeforeTheFinalOne() throws IOException {
    String hints = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nLink: </b>\r\n\r\n";
    talk(
        (wire, _) -> {
          while (true) {
            wire.read();
            wire.send("HTTP/1.1 102 Processing\r\n\r\n" + hints);
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
          }
        },
        (client, _) -> {
          for (int i = 0; i < 2; i++) {
            client.send(GET);
            assertThat(client.readHead()).isEqualTo("HTTP/1.1 102 Processing\r\n\r\n");
            assertThat(client.readHead()).isEqualTo(hints);
            assertThat(client.read().body()).isEqualTo("ok");
          }
        });
  }

  @Test
  void oldClientHearsNoInterimAnswers() throws IOException {
    talk(
        (wire, _) -> {
          wire.read();
          wire.send("HTTP/1.1 103 X\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
          wire.read();
        },
        (client, _) -> {
          String answer = client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n").readToEnd();
          assertThat(answer)
              .isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
        });
  }

  @Test
  void clientThatDoesNotWaitFor100LosesNothing() throws IOException {
    talk(
        (wire, _) -> {
          String head = wire.readHead();
          assertThat(head).contains("\r\nExpect: 100-continue\r\n");
          wire.send("HTTP/1.1 100 Continue\r\n\r\n");
          String body = wire.readBody(head);
          wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
          ScriptedMember.echo(wire, 1);
        },
        (client, _) -> {
          client.send(
              "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello");
          assertThat(client.readHead()).startsWith("HTTP/1.1 100 ");
          assertThat(client.read().body()).isEqualTo("hello");
          assertThat(client.send(GET).read().status()).isEqualTo(200);
        });
  }

  @Test
  void waitingClientThatIsChallengedKeepsItsConnectionByItsBody() throws IOException {
    talk(
        (wire, _) -> {
          String head = wire.readHead();
          wire.send("HTTP/1.1 401 X\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n");
          wire.readBody(head);
          ScriptedMember.echo(wire, 1);
        },
        (client, _) -> {
          client.send(
              "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
          assertThat(client.read().status()).isEqualTo(401);
          client.send("hello");
          assertThat(client.send(GET).read().body()).startsWith("connection 1\nGET /");
        });
  }

  @Test
  void oldClientKeepsItsConnectionIfItAsks() throws IOException {
    talk(
        ScriptedMember::echo,
        (client, _) -> {
          for (int i = 0; i < 3; i++) {
            client.send("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
            Wire.Message answer = client.read();
            assertThat(answer.has("Connection: keep-alive")).isTrue();
            assertThat(answer.body()).isEqualTo("connection 1\nGET / HTTP/1.1\r\nHost:\r\n\r\n");
          }
          client.send("GET / HTTP/1.0\r\n\r\n");
          assertThat(client.readToEnd()).contains("\r\nConnection: close\r\n");
        });
  }

  @Test
  void closeIsOneHopsBusiness() throws IOException {
    talk(
        ScriptedMember::echo,
        (client, _) -> {
          client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + GET);
          String all = client.readToEnd();
          assertThat(all).contains("\r\nConnection: close\r\n");
          assertThat(all).endsWith("connection 1\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
        });
  }

  @Test
  void repeatedAnswerHeadersPassInOrderAndHopByHopOnesDoNot() throws IOException {
    String kept =
        "WWW-Authenticate: MsRtcOAuth href=\"https://a/x\",grant_type=\"urn:x\"\r\n"
            + "www-authenticate:Bearer trusted_issuers=\"\", client_id=\"0\"\r\n"
            + "Set-Cookie: a=1; path=/\r\nSet-Cookie: b=2\r\nSet-Cookie:  a=3 \r\n"
            + "X-MS-Server-Fqdn: fe1.contoso.local\r\nContent-Length: 0\r\n";
    talk(
        (wire, _) -> {
          wire.read();
          wire.send(
              "HTTP/1.1 401 Unauthorized\r\nConnection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\n"
                  + kept
                  + "Upgrade: h2c\r\nProxy-Connection: keep-alive\r\n\r\n");
          wire.read();
        },
        (client, _) ->
            assertThat(client.send(GET).readHead())
                .isEqualTo("HTTP/1.1 401 Unauthorized\r\n" + kept + "\r\n"));
  }

  @Test
  void noContentAndEmptyAnswersEndWithTheirHeads() throws IOException {
    talk(
        (wire, _) -> {
          wire.read();
          wire.send("HTTP/1.1 204 No Content\r\nX: 1\r\n\r\n");
          wire.read();
          wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
          wire.read();
          wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-T: 1\r\n\r\n");
          wire.read();
        },
        (client, _) -> {
          assertThat(client.send(GET + GET + GET).readHead()).startsWith("HTTP/1.1 204 ");
          assertThat(client.read().body()).isEmpty();
          assertThat(client.read().body()).isEqualTo("0\r\nX-T: 1\r\n\r\n");
        });
  }

  @Test
  void pipelinedBodiesStayWithTheirRequests() throws IOException {
    talk(
        ScriptedMember::echo,
        (client, _) -> {
          StringBuilder all = new StringBuilder();
          for (int i = 0; i < 50; i++) {
            all.append("POST /").append(i).append(" HTTP/1.1\r\nHost: a\r\n");
            all.append(
                i % 2 == 0
                    ? "Content-Length: 5\r\n\r\nbody" + i % 10
                    : "Transfer-Encoding: chunked\r\n\r\n5\r\nbody"
                        + i % 10
                        + "\r\n0\r\nX: 1\r\n\r\n");
          }
          client.send(all.toString());
          for (int i = 0; i < 50; i++) {
            assertThat(client.read().body()).contains("POST /" + i + " ").contains("body" + i % 10);
          }
        });
  }
}
