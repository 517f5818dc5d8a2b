package io.portcullis.proxy.message;

import static io.portcullis.proxy.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoOps;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MembersFirstTest {
  private static final int MANY = 3 * Limits.CLIENTS_A_TURN;

  /// Netty's own limit, for an allocator of receive buffers that is not asked for more.
  private static final int READS_A_TURN = 1;

  private static final byte[] LONG = new byte[1000 * HeldLoop.RECEIVE_BUFFER];

  private final HeldLoop held;

  MembersFirstTest() throws IOException {
    held = new HeldLoop();
  }

  /// Nothing waits that nobody takes.
  @AfterEach
  void close() throws Exception {
    try (held) {
      held.sleeps();
    }
  }

  @Test
  void aMembersAnswerGoesBeforeManyClients() throws Exception {
    HeldLoop.Side answer = held.connected();
    try (Socket other = held.member.accept()) {
      held.accept(
          MANY,
          held.then(() -> {
            other.getOutputStream().write(1);
            KernelsView.arrived(List.of(answer.channel()));
          }));
      held.whileHeld(() -> held.allClientsSend(new byte[1]));
      eventually("all are read", () -> held.order.size() == MANY + 1);
      assertThat(held.order.indexOf(answer)).isEqualTo(Limits.CLIENTS_A_TURN);
    }
  }

  @Test
  void clientsHaveAShareBesideManyMembers() throws Exception {
    int share = Limits.CLIENTS_A_TURN + 4;
    List<HeldLoop.Side> answers = new ArrayList<>();
    List<Socket> members = new ArrayList<>();
    try {
      for (int i = 0; i < share * Limits.MEMBERS_TO_A_CLIENT; i++) {
        answers.add(held.connected());
        members.add(held.member.accept());
      }
      HeldLoop.Meanwhile answering =
          () -> {
            for (Socket socket : members) {
              socket.getOutputStream().write(1);
            }
            KernelsView.arrived(answers.stream().map(HeldLoop.Side::channel).toList());
          };
      held.accept(MANY, held.then(answering));
      held.whileHeld(() -> {
        answering.run();
        held.allClientsSend(new byte[1]);
      });
      eventually("all are read", () -> held.order.size() == MANY + 2 * members.size());
      assertThat(held.order.subList(members.size(), members.size() + share))
          .isSubsetOf(held.accepted);
      assertThat(answers).contains(held.order.get(members.size() + share));
    } finally {
      for (Socket socket : members) {
        socket.close();
      }
    }
  }

  @Test
  void clientsTakeTurns() throws Exception {
    held.accept(MANY, _ -> {});
    held.whileHeld(() -> held.allClientsSend(LONG));
    eventually(
        "all bytes are read", () -> held.accepted.stream().allMatch(s -> s.bytes == LONG.length));
    assertThat(held.order.subList(0, MANY * READS_A_TURN)).containsAll(held.accepted);
  }

  /// Netty reads once in one go, and epoll has told of it once only.
  @Test
  void everythingThatArrivedIsRead() throws Exception {
    held.accept(1, _ -> {});
    held.whileHeld(() -> held.allClientsSend(LONG));
    eventually(
        "all bytes are read", () -> held.accepted.stream().allMatch(s -> s.bytes == LONG.length));
  }

  /// Whoever pulls reads without telling epoll that it goes on.
  @Test
  void whoPullsGetsEverything() throws Exception {
    held.accept(1, _ -> {});
    held.last().channel().config().setAutoRead(false);
    held.last().isPulling = true;
    held.whileHeld(() -> held.allClientsSend(LONG));
    held.last().channel().read();
    eventually("all bytes are read", () -> held.last().bytes == LONG.length);
  }

  @Test
  void everythingThatWasWrittenLeaves() throws Exception {
    byte[] much = new byte[16 * 1024 * 1024];
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    held.accept(MANY, held.then(() -> readWhatIsThere(received)));
    held.last().channel().writeAndFlush(Unpooled.wrappedBuffer(much));
    held.whileHeld(() -> held.allClientsSend(new byte[1]));
    held.everybodyElseWasRead();
    held.clients.getLast().setSoTimeout(30_000);
    received.write(
        held.clients.getLast().getInputStream().readNBytes(much.length - received.size()));
    assertThat(received.size()).isEqualTo(much.length);
  }

  /// Until there is nothing more in the kernel: it can take more, and says so to a client that waits already.
  private void readWhatIsThere(ByteArrayOutputStream received) throws IOException {
    InputStream in = held.clients.getLast().getInputStream();
    while (in.available() > 0) {
      received.write(in.readNBytes(in.available()));
    }
  }

  @Test
  void theEndBehindManyBytesIsSeen() throws Exception {
    held.accept(1, _ -> {});
    held.last().channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    held.whileHeld(() -> {
      held.allClientsSend(LONG);
      held.clients.getFirst().shutdownOutput();
    });
    eventually("the end is seen", () -> held.last().isShut);
    assertThat(held.last().bytes).isEqualTo(LONG.length);
  }

  @Test
  void whoIsPausedWhileItWaitsIsNotReadUntilItGoesOn() throws Exception {
    held.accept(MANY, _ -> held.last().channel().config().setAutoRead(false));
    held.whileHeld(() -> held.allClientsSend(new byte[1]));
    held.everybodyElseWasRead();
    assertThat(held.order).doesNotContain(held.last());

    held.last().channel().config().setAutoRead(true);
    eventually("it is read", () -> held.order.contains(held.last()));
  }

  @Test
  void whoPausesInTheMiddleLosesNothing() throws Exception {
    byte[] several = new byte[20 * HeldLoop.RECEIVE_BUFFER];
    held.accept(1, side -> side.channel().config().setAutoRead(false));
    held.whileHeld(() -> held.allClientsSend(several));
    eventually(
        "all bytes are read",
        () -> {
          held.last().channel().config().setAutoRead(true);
          return held.last().bytes == several.length;
        });
  }

  @Test
  void whoIsClosedWhileItWaitsIsNotRead() throws Exception {
    held.accept(MANY, _ -> held.last().channel().close());
    held.whileHeld(() -> held.allClientsSend(new byte[1]));
    held.everybodyElseWasRead();
    assertThat(held.order).doesNotContain(held.last());
  }

  @Test
  void anEndWhileItWaitsIsSeen() throws Exception {
    held.accept(
        MANY,
        held.then(() -> {
          held.clients.getLast().shutdownOutput();
          KernelsView.ended(held.last().channel());
        }));
    held.last().channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    held.whileHeld(() -> held.allClientsSend(new byte[1]));
    eventually("the end is seen", () -> held.last().isShut);
    assertThat(held.last().bytes).isEqualTo(1);
  }

  @Test
  void aResetWhileItWaitsIsSeen() throws Exception {
    held.accept(
        MANY,
        held.then(() -> {
          held.clients.getLast().setSoLinger(true, 0);
          held.clients.getLast().close();
          KernelsView.ended(held.last().channel());
        }));
    held.whileHeld(() -> held.allClientsSend(new byte[1]));
    eventually("it is closed", () -> !held.last().channel().isOpen());
    held.everybodyElseWasRead();
  }

  @Test
  void aFaultEndsOnlyItsOwnConnection() throws Exception {
    held.accept(MANY, _ -> {});
    FaultyPipe faulty = new FaultyPipe();
    IoRegistration registration = ((IoEventLoop) held.loop.next()).register(faulty).sync().getNow();
    registration.submit(EpollIoOps.EPOLLIN);
    held.whileHeld(() -> {
      faulty.write();
      held.allClientsSend(new byte[1]);
    });
    eventually("all are read", () -> held.order.size() == MANY);
    eventually("it is closed", () -> faulty.isClosed);
    registration.cancel();
  }
}
