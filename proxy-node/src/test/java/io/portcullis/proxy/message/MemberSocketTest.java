package io.portcullis.proxy.message;

import static io.portcullis.proxy.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// epoll tells of what a member sent once only.
class MemberSocketTest {

  /// Netty's own limit, for an allocator of receive buffers that is not asked for more.
  private static final int READS_A_TURN = 1;

  private static final byte[] LONG = new byte[1000 * HeldLoop.RECEIVE_BUFFER];

  private final HeldLoop held;
  private HeldLoop.Side answer;
  private Socket member;

  MemberSocketTest() throws Exception {
    held = new HeldLoop();
    answer = held.connected();
    member = held.member.accept();
  }

  @BeforeEach
  void isToldOnce() throws IOException {
    assertThat(KernelsView.isEdgeTriggered(answer.channel())).isTrue();
  }

  @AfterEach
  void close() throws Exception {
    try (held;
        Socket _ = member) {
      held.sleeps();
    }
  }

  /// It tells of each connection that waits, however many were taken.
  @Test
  void aListeningSocketIsTheOtherKind() throws Exception {
    held.accept(1, _ -> {});
    assertThat(KernelsView.isEdgeTriggered(held.last().channel())).isTrue();
    assertThat(KernelsView.isEdgeTriggered(held.last().channel().parent())).isFalse();
  }

  @Test
  void everythingThatArrivedIsRead() throws Exception {
    held.whileHeld(() -> sendsLong(answer, member));
    eventually("all bytes are read", () -> answer.bytes == LONG.length);
  }

  @Test
  void whoPullsGetsEverything() throws Exception {
    answer.channel().config().setAutoRead(false);
    answer.isPulling = true;
    held.whileHeld(() -> sendsLong(answer, member));
    answer.channel().read();
    eventually("all bytes are read", () -> answer.bytes == LONG.length);
  }

  @Test
  void whoPausesInTheMiddleLosesNothing() throws Exception {
    byte[] several = new byte[20 * HeldLoop.RECEIVE_BUFFER];
    renew(side -> side.channel().config().setAutoRead(false));
    held.whileHeld(() -> sends(several, answer, member));
    eventually(
        "all bytes are read",
        () -> {
          answer.channel().config().setAutoRead(true);
          return answer.bytes == several.length;
        });
  }

  @Test
  void whoIsPausedBetweenTwoTurnsIsNotReadUntilItGoesOn() throws Exception {
    held.accept(1, _ -> answer.channel().config().setAutoRead(false));
    held.whileHeld(() -> {
      sendsLong(answer, member);
      held.allClientsSend(new byte[1]);
    });
    eventually("the client is read", () -> held.last().bytes == 1);
    held.sleeps();
    assertThat(answer.bytes).isEqualTo(READS_A_TURN * HeldLoop.RECEIVE_BUFFER);

    answer.channel().config().setAutoRead(true);
    eventually("all bytes are read", () -> answer.bytes == LONG.length);
  }

  @Test
  void theEndBehindManyBytesIsSeen() throws Exception {
    renew(
        held.then(() -> {
          member.shutdownOutput();
          KernelsView.ended(answer.channel());
        }));
    answer.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    held.whileHeld(() -> sendsLong(answer, member));
    eventually("the end is seen", () -> answer.isShut);
    assertThat(answer.bytes).isEqualTo(LONG.length);
  }

  /// While it still has bytes to be read.
  @Test
  void aResetIsSeen() throws Exception {
    renew(
        held.then(() -> {
          member.setSoLinger(true, 0);
          member.close();
          KernelsView.ended(answer.channel());
        }));
    held.whileHeld(() -> sendsLong(answer, member));
    eventually("it is closed", () -> !answer.channel().isOpen());
  }

  @Test
  void membersThatStreamTakeTurns() throws Exception {
    HeldLoop.Side other = held.connected();
    try (Socket streaming = held.member.accept()) {
      held.whileHeld(() -> {
        sendsLong(answer, member);
        sendsLong(other, streaming);
      });
      eventually("all is read", () -> answer.bytes + other.bytes == 2 * LONG.length);
    }
    for (int turn = 0; turn < 10; turn++) {
      int from = turn * 2 * READS_A_TURN;
      assertThat(held.order.subList(from, from + 2 * READS_A_TURN)).contains(answer, other);
    }
  }

  @Test
  void clientsAreReadBesideAMemberThatStreams() throws Exception {
    held.accept(Limits.CLIENTS_A_TURN, _ -> {});
    renew(held.then(() -> held.allClientsSend(new byte[1])));
    held.whileHeld(() -> sendsLong(answer, member));
    eventually("all is read", () -> answer.bytes == LONG.length);
    assertThat(held.order.subList(0, 2 * READS_A_TURN + Limits.CLIENTS_A_TURN))
        .containsAll(held.accepted);
  }

  private void renew(Consumer<HeldLoop.Side> reading) throws Exception {
    member.close();
    eventually("the first is gone", () -> !answer.channel().isOpen());
    answer = held.connected(reading);
    member = held.member.accept();
  }

  private static void sendsLong(HeldLoop.Side to, Socket from) throws IOException {
    sends(LONG, to, from);
  }

  private static void sends(byte[] bytes, HeldLoop.Side to, Socket from) throws IOException {
    from.getOutputStream().write(bytes);
    KernelsView.arrived(List.of(to.channel()));
  }
}
