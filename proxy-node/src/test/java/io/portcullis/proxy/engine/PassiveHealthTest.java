package io.portcullis.proxy.engine;

import static io.portcullis.proxy.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.member.Balance;
import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.member.Selection;
import io.portcullis.proxy.message.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("StringConcatToTextBlock") // line ends are the subject
class PassiveHealthTest {

  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

  private static MemberPool pool(int maxConnections, boolean isPrivate, int... ports) {
    List<Member> members =
        IntStream.of(ports)
            .mapToObj(port -> {
              Member member = new Member("pool", "fe" + port, 1, port, port);
              member.resolvedTo(InetAddress.getLoopbackAddress());
              return member;
            })
            .toList();
    Duration patience = Duration.ofSeconds(20);
    return new MemberPool(
        "pool",
        members,
        null,
        null,
        isPrivate,
        patience,
        patience,
        patience,
        MemberPool.Persistence.of("pool", 32, 64),
        new Selection(Balance.SOURCE, maxConnections));
  }

  private static int ask(TestNode node) throws IOException {
    try (Wire client = node.connect()) {
      return client.send(GET).read().status();
    }
  }

  @Test
  void memberThatBreaksOffThreeTimesInARowIsLeftAlone() throws IOException {
    try (ScriptedMember bad = new ScriptedMember((wire, _) -> wire.read());
        ScriptedMember good = ScriptedMember.echo();
        TestNode node = TestNode.of(pool(0, true, bad.port(), good.port()))) {
      for (int i = 0; i < 3; i++) {
        assertThat(ask(node)).isEqualTo(502);
      }
      for (int i = 0; i < 5; i++) {
        assertThat(ask(node)).isEqualTo(200);
      }
      assertThat(bad.connections()).isEqualTo(3);
    }
  }

  @Test
  void wholeAnswerBetweenTwoBreaksForgivesThem() throws IOException {
    try (ScriptedMember moody =
            new ScriptedMember((wire, number) -> {
              wire.read();
              if (number % 3 == 0) {
                wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
              }
            });
        ScriptedMember good = ScriptedMember.echo();
        TestNode node = TestNode.of(pool(0, true, moody.port(), good.port()))) {
      for (int i = 1; i <= 12; i++) {
        assertThat(ask(node)).isEqualTo(i % 3 == 0 ? 200 : 502);
      }
      assertThat(good.connections()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404, 409, 429, 500, 503})
  void statusOfTheApplicationIsNoSignOfIllHealth(int status) throws IOException {
    try (ScriptedMember member =
            new ScriptedMember((wire, _) -> {
              wire.read();
              wire.send(
                  "HTTP/1.1 " + status + " So\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            });
        ScriptedMember other = ScriptedMember.echo();
        TestNode node = TestNode.of(pool(0, true, member.port(), other.port()))) {
      for (int i = 0; i < 6; i++) {
        assertThat(ask(node)).isEqualTo(status);
      }
      assertThat(other.connections()).isZero();
    }
  }

  @Test
  void memberWithAsManyConnectionsAsItMayHaveIsPassedOverUntilOneCloses() throws IOException {
    try (ScriptedMember first = ScriptedMember.echo();
        ScriptedMember second = ScriptedMember.echo();
        TestNode node = TestNode.of(pool(1, true, first.port(), second.port()))) {
      Member full = node.current.current().pools().getFirst().members().getFirst();
      try (Wire one = node.connect();
          Wire two = node.connect();
          Wire three = node.connect()) {
        assertThat(one.send(GET).read().status()).isEqualTo(200);
        assertThat(two.send(GET).read().status()).isEqualTo(200);
        assertThat(second.connections()).isEqualTo(1);
        Wire.Message refused = three.send(GET).read();
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.body()).contains("as many connections as it may", "503, none available");
        assertThat(full.isSuspect(System.nanoTime())).isFalse();
        assertThat(node.counters.failures(Failure.MEMBER_FULL)).isEqualTo(3);
        one.socket().close();
        eventually("room again", () -> full.openConnections() == 0);
        assertThat(three.send(GET).read().status()).isEqualTo(200);
      }
      assertThat(first.connections()).isEqualTo(2);
    }
  }
}
