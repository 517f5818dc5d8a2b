package io.portcullis.proxy.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.message.Failure;
import io.portcullis.proxy.message.Transport;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Answers that need no change reach the client as they came, those that need one get it. Pieces are the business of `UpstreamConnectionTest`.
///
/// A member's connection reads into larger buffers until it has brought small answers twice, and answers do not stay in those.
@SuppressWarnings("StringConcatToTextBlock") // line ends are the subject
class AnswerTest {

  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String HEAD = "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String PLAIN = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n";
  private static final int SMALL_ANSWERS = 4;

  private record Answer(String to, String bytes) {}

  private static final List<Answer> ANSWERS =
      List.of(
          new Answer(GET, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A:  1 \r\nx-a:2\r\n\r\nhello"),
          new Answer(GET, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
          new Answer(GET, "HTTP/1.1 204 No Content\r\nX: 1\r\n\r\n"),
          new Answer(GET, "HTTP/1.1 304 Not Modified\r\nContent-Length: 77\r\n\r\n"),
          new Answer(HEAD, "HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n"),
          new Answer(
              GET,
              "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nX-T: 1\r\n\r\n"),
          new Answer(
              GET,
              "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + "0123456789".repeat(10_000)),
          new Answer(GET, "HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n" + "x".repeat(9_000)),
          new Answer(GET, "HTTP/1.1 500 Oops\r\nContent-Length: 1\r\n\r\n!"));

  private interface Talk {
    void with(Wire client, TestNode node) throws IOException;
  }

  /// Behind small answers, on one connection each.
  private static void talk(Transport transport, ScriptedMember.Script script, Talk talk)
      throws IOException {
    try (ScriptedMember member =
            new ScriptedMember((wire, number) -> {
              smallAnswers(wire);
              script.run(wire, number);
            });
        TestNode node = TestNode.of(TestNode.clearPool(true, member.port()), transport);
        Wire client = node.connect()) {
      askForSmallAnswers(client);
      talk.with(client, node);
      assertThat(member.connections()).isEqualTo(1);
    }
  }

  private static void smallAnswers(Wire member) throws IOException {
    for (int i = 0; i < SMALL_ANSWERS; i++) {
      member.readHeadOnly();
      member.send(PLAIN + i);
    }
  }

  private static void askForSmallAnswers(Wire client) throws IOException {
    for (int i = 0; i < SMALL_ANSWERS; i++) {
      assertThat(client.send(GET).read()).isEqualTo(new Wire.Message(PLAIN, "" + i));
    }
  }

  @ParameterizedTest
  @MethodSource("io.portcullis.proxy.engine.ForwardingTest#transports")
  void whatNeedsNoChangeIsNotChanged(Transport transport) throws IOException {
    talk(
        transport,
        (wire, _) -> {
          for (Answer answer : ANSWERS) {
            wire.readHeadOnly();
            wire.send(answer.bytes());
          }
          wire.readHeadOnly();
        },
        (client, _) -> {
          for (Answer answer : ANSWERS) {
            client.send(answer.to());
            assertThat(client.readBytes(answer.bytes().length())).isEqualTo(answer.bytes());
          }
        });
  }

  /// Each of these stands in a buffer that could go on as it is.
  @Test
  void whatMustBeChangedIs() throws IOException {
    List<String> heads =
        List.of(
            "HTTP/1.1 200 OK\r\nKeep-Alive: 5\r\nContent-Length: 1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX-B: 1\r\nContent-Length: 1\r\nConnection: X-B\r\n\r\n",
            "HTTP/1.1 200 OK\r\nUpgrade: h2c\r\nContent-Length: 1\r\n\r\n",
            "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\n");
    talk(
        Transport.best(),
        (wire, _) -> {
          for (String head : heads) {
            wire.readHeadOnly();
            wire.send(head + "a");
          }
          wire.readHeadOnly();
          wire.send(PLAIN + "b");
          wire.readHeadOnly();
        },
        (client, _) -> {
          for (String head : heads) {
            assertThat(client.send(GET).read()).as(head).isEqualTo(new Wire.Message(PLAIN, "a"));
          }
          client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
          assertThat(client.readToEnd())
              .isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nb");
        });
  }

  /// The version is the hop's (RFC 9110 §2.5). Only in a shared pool a member's close is none of its client's business.
  @Test
  void theVersionIsOurs() throws IOException {
    try (ScriptedMember member =
            new ScriptedMember((wire, _) -> {
              smallAnswers(wire);
              wire.readHeadOnly();
              wire.send("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na");
            });
        TestNode node = TestNode.of(TestNode.clearPool(false, member.port()));
        Wire client = node.connect()) {
      askForSmallAnswers(client);
      assertThat(client.send(GET).read()).isEqualTo(new Wire.Message(PLAIN, "a"));
    }
  }

  @Test
  void ofAnAnswerThatBreaksAtOnceTheClientHasWhatWasSound() throws IOException {
    String head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    talk(
        Transport.best(),
        (wire, _) -> {
          wire.read();
          wire.send(head + "no chunk\r\n");
          wire.read();
        },
        (client, node) -> {
          assertThat(client.send(GET).readToEnd()).isEqualTo(head);
          assertThat(node.counters.failures(Failure.MEMBER_BODY_REFUSED)).isEqualTo(1);
        });
  }

  @Test
  void interimAnswersInTheSameBreathStayInFront() throws IOException {
    String both = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + PLAIN + "a";
    talk(
        Transport.best(),
        (wire, _) -> {
          wire.read();
          wire.send(both);
          wire.read();
        },
        (client, _) -> assertThat(client.send(GET).readBytes(both.length())).isEqualTo(both));
  }
}
