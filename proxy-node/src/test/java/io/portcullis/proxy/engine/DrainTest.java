package io.portcullis.proxy.engine;

import static io.portcullis.proxy.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.portcullis.proxy.member.Member;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

@SuppressWarnings("StringConcatToTextBlock") // line ends are the subject
class DrainTest {

  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

  @Test
  void drainingMemberKeepsWhatItHasAndGetsNothingNew() throws IOException {
    try (ScriptedMember first = ScriptedMember.echo();
        ScriptedMember second = ScriptedMember.echo();
        TestNode node = TestNode.of(TestNode.clearPool(true, first.port(), second.port()));
        Wire old = node.connect()) {
      Member drained = node.current.current().pools().getFirst().members().getFirst();
      assertThat(old.send(GET).read().status()).isEqualTo(200);
      drained.draining(true);
      for (int i = 0; i < 3; i++) {
        Wire.Message kept = old.send(GET).read();
        assertThat(kept.status()).isEqualTo(200);
        assertThat(kept.has("Connection: close")).isFalse();
      }
      try (Wire fresh = node.connect()) {
        assertThat(fresh.send(GET).read().status()).isEqualTo(200);
      }
      assertThat(first.connections()).isEqualTo(1);
      assertThat(second.connections()).isEqualTo(1);
      drained.drained();
      assertThat(old.send(GET).read().has("Connection: close")).isTrue();
      assertThat(old.isClosedByPeer()).isTrue();
    }
  }

  @Test
  void shutNodeFinishesWhatRunsAndAcceptsNobodyUntilItIsReopened() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    try (ScriptedMember member =
            new ScriptedMember((wire, number) -> {
              if (number == 1) {
                wire.read();
                await(release);
                wire.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npoll");
                wire.read();
              } else {
                ScriptedMember.echo(wire, number);
              }
            });
        TestNode node = TestNode.of(TestNode.clearPool(true, member.port()));
        Wire poll = node.connect();
        Wire idle = node.connect()) {
      poll.send(GET);
      eventually("parked", () -> member.connections() == 1);
      assertThat(idle.send(GET).read().status()).isEqualTo(200);
      InetSocketAddress address = node.address();
      node.listeners.shut();
      assertThat(idle.isClosedByPeer()).isTrue();
      assertThatExceptionOfType(ConnectException.class)
          .isThrownBy(() -> new Socket(address.getAddress(), address.getPort()).close());
      node.listeners.reconcile(node.current.current());
      assertThat(node.listeners.boundAddresses()).isEmpty();
      release.countDown();
      Wire.Message last = poll.read();
      assertThat(last.body()).isEqualTo("poll");
      assertThat(last.has("Connection: close")).isTrue();
      node.listeners.reopen(node.current.current());
      try (Wire fresh = node.connect()) {
        Wire.Message answer = fresh.send(GET).read();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.has("Connection: close")).isFalse();
      }
    }
  }

  @Test
  void whatOutlastsTheCapIsCut() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (ScriptedMember member =
            new ScriptedMember((wire, _) -> {
              wire.read();
              await(never);
            });
        TestNode node = TestNode.of(TestNode.clearPool(true, member.port()));
        Wire poll = node.connect()) {
      poll.send(GET);
      eventually("parked", () -> member.connections() == 1);
      node.listeners.shut();
      node.listeners.cut();
      assertThat(poll.isClosedByPeer()).isTrue();
      never.countDown();
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
