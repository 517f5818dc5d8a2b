package io.portcullis.proxy.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.message.Failure;
import io.portcullis.proxy.message.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A request is sent a second time only if nobody can have read it, and reading it twice would do no harm.
class RetryTest {

  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n";

  /// The first connection answers once and then does `then` with the second request; all others answer.
  private static ScriptedMember closing(ScriptedMember.Script then) throws IOException {
    return new ScriptedMember((wire, number) -> {
      wire.read();
      wire.send(OK + number);
      if (number == 1) {
        wire.readHead();
        then.run(wire, number);
      } else {
        wire.read();
      }
    });
  }

  private static TestNode node(boolean isPrivate, ScriptedMember member) throws IOException {
    return TestNode.of(TestNode.clearPool(isPrivate, member.port()), Transport.best());
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "OPTIONS", "PUT", "DELETE"})
  void idempotentRequestOnAStaleConnectionIsSentOnceMore(String method) throws IOException {
    String ask = method + " / HTTP/1.1\r\nHost: a\r\n\r\n";
    try (ScriptedMember member = closing((_, _) -> {});
        TestNode node = node(false, member);
        Wire client = node.connect()) {
      assertThat(client.send(GET).read().body()).isEqualTo("1");
      Wire.Message second = client.send(ask).read();
      assertThat(second.status()).isEqualTo(200);
      assertThat(second.body()).isEqualTo("2");
      assertThat(node.counters.resentTotal()).isEqualTo(1);
      assertThat(node.counters.failures()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
        "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx",
        "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: NTLM TlRMTVNTUAAB\r\n\r\n",
        "get / HTTP/1.1\r\nHost: a\r\n\r\n"
      })
  void allOthersAreNot(String ask) throws IOException {
    try (ScriptedMember member = closing((_, _) -> {});
        TestNode node = node(false, member);
        Wire client = node.connect()) {
      client.send(GET).read();
      assertThat(client.send(ask).read().status()).isEqualTo(502);
      assertThat(member.connections()).isEqualTo(1);
      assertThat(node.counters.failures(Failure.MEMBER_CLOSED)).isEqualTo(1);
    }
  }

  @Test
  void privateConnectionIsNeverReplaced() throws IOException {
    try (ScriptedMember member = closing((_, _) -> {});
        TestNode node = node(true, member);
        Wire client = node.connect()) {
      client.send(GET).read();
      assertThat(client.send(GET).read().status()).isEqualTo(502);
      assertThat(member.connections()).isEqualTo(1);
    }
  }

  @Test
  void newConnectionThatClosesIsTheMembersAnswer() throws IOException {
    try (ScriptedMember member = new ScriptedMember((wire, _) -> wire.read());
        TestNode node = node(false, member);
        Wire client = node.connect()) {
      assertThat(client.send(GET).read().status()).isEqualTo(502);
      assertThat(member.connections()).isEqualTo(1);
    }
  }

  @Test
  void oneByteOfAnAnswerIsEnough() throws IOException {
    try (ScriptedMember member = closing((wire, _) -> wire.send("H"));
        TestNode node = node(false, member);
        Wire client = node.connect()) {
      client.send(GET).read();
      assertThat(client.send(GET).read().status()).isEqualTo(502);
      assertThat(member.connections()).isEqualTo(1);
    }
  }

  @Test
  void longPollThatIsCutIsNotAskedAgain() throws IOException {
    try (ScriptedMember member =
            closing((_, _) -> LockSupport.parkNanos(Duration.ofMillis(1_500).toNanos()));
        TestNode node = node(false, member);
        Wire client = node.connect()) {
      client.send(GET).read();
      assertThat(client.send(GET).read().status()).isEqualTo(502);
      assertThat(member.connections()).isEqualTo(1);
    }
  }
}
