package io.portcullis.proxy.message;

import static io.portcullis.proxy.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Real sockets on a real loop that is held back while bytes arrive, so that it finds them all at once.
class MembersFirstTest {
  private static final int MANY = 3 * Limits.CLIENTS_A_TURN;
  private static final int RECEIVE_BUFFER = 64;
  private static final byte[] LONG = new byte[1000 * RECEIVE_BUFFER];

  private final EventLoopGroup loop = Transport.EPOLL.newLoops(1);
  private final List<Socket> clients = new ArrayList<>();

  /// Those who were read, in that order.
  private final List<Side> order = new CopyOnWriteArrayList<>();

  private final List<Side> accepted = new CopyOnWriteArrayList<>();
  private ServerSocket member;

  /// Our side of a connection.
  private final class Side extends ChannelInboundHandlerAdapter {
    private final Consumer<Side> reading;
    private volatile @Nullable Channel channel;
    private volatile int bytes;
    private volatile boolean isShut;

    Side(Consumer<Side> reading) {
      this.reading = reading;
    }

    Channel channel() {
      return Objects.requireNonNull(channel);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      channel = context.channel();
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // the loop alone writes
    public void channelRead(ChannelHandlerContext context, Object message) {
      bytes += ((ByteBuf) message).readableBytes();
      ((ByteBuf) message).release();
      order.add(this);
      reading.accept(this);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      isShut |= event instanceof ChannelInputShutdownEvent;
    }
  }

  @BeforeEach
  void open() throws Exception {
    member = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws Exception {
    for (Socket client : clients) {
      client.close();
    }
    member.close();
    loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
  }

  private void clients(int count, Consumer<Side> reading) throws Exception {
    Channel door =
        new ServerBootstrap()
            .group(loop)
            .channel(Transport.EPOLL.door())
            .childOption(
                ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(RECEIVE_BUFFER))
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    Side side = new Side(reading);
                    channel.pipeline().addLast(side);
                    accepted.add(side);
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .sync()
            .channel();
    SocketAddress address = door.localAddress();
    for (int i = 0; i < count; i++) {
      Socket client = new Socket();
      clients.add(client);
      client.connect(address);
      int size = i + 1;
      eventually("client " + size + " is accepted", () -> accepted.size() == size);
    }
  }

  /// What runs while the loop is held.
  private interface Meanwhile {
    void run() throws IOException;
  }

  private void whileTheLoopIsHeld(Meanwhile meanwhile) throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    loop.execute(() -> {
      held.countDown();
      try {
        goOn.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });
    held.await();
    try {
      meanwhile.run();
    } finally {
      goOn.countDown();
    }
  }

  private void allClientsSend(byte[] bytes) throws IOException {
    for (int i = 0; i < clients.size(); i++) {
      clients.get(i).getOutputStream().write(bytes);
      arrived(accepted.get(i).channel());
    }
  }

  /// Waits until the kernel has bytes for this socket (proc(5), /proc/net/tcp).
  private static void arrived(Channel channel) {
    String pair =
        "%04X %04X"
            .formatted(
                ((InetSocketAddress) channel.localAddress()).getPort(),
                ((InetSocketAddress) channel.remoteAddress()).getPort());
    eventually("bytes for " + channel, () -> queued(pair));
  }

  private static boolean queued(String pair) {
    try {
      for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
        for (String line : Files.readAllLines(Path.of(table))) {
          String[] fields = line.strip().split("\\s+");
          if (fields.length > 4 && (port(fields[1]) + " " + port(fields[2])).equals(pair)) {
            return !fields[4].endsWith(":00000000");
          }
        }
      }
      return false;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String port(String address) {
    return address.substring(address.indexOf(':') + 1);
  }

  private Side last() {
    return accepted.getLast();
  }

  private void everybodyElseWasRead() {
    eventually(
        "everybody else is read",
        () -> order.containsAll(accepted.subList(0, accepted.size() - 1)));
    // Whatever the loop had for the last one has had its time.
    assertThat(loop.submit(() -> {}).awaitUninterruptibly(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aMembersAnswerGoesBeforeManyClients() throws Exception {
    clients(MANY, _ -> {});
    Side answer = new Side(_ -> {});
    new Bootstrap()
        .group(loop)
        .channel(Transport.EPOLL.socket())
        .handler(answer)
        .connect(member.getLocalSocketAddress())
        .sync();
    try (Socket other = member.accept()) {
      whileTheLoopIsHeld(() -> {
        allClientsSend(new byte[1]);
        other.getOutputStream().write(1);
        arrived(answer.channel());
      });
      eventually("all are read", () -> order.size() == MANY + 1);
      assertThat(order.indexOf(answer)).isLessThan(Limits.CLIENTS_A_TURN);
    }
  }

  @Test
  void clientsTakeTurns() throws Exception {
    clients(MANY, _ -> {});
    whileTheLoopIsHeld(() -> allClientsSend(new byte[1]));
    eventually("all are read", () -> order.size() == MANY);
    assertThat(order).containsExactlyElementsOf(accepted);
  }

  /// More than Netty reads in one go: epoll has told of it once only.
  @Test
  void everythingThatArrivedIsRead() throws Exception {
    clients(2, _ -> {});
    whileTheLoopIsHeld(() -> allClientsSend(LONG));
    eventually("all bytes are read", () -> accepted.stream().allMatch(s -> s.bytes == LONG.length));
    assertThat(order.subList(0, order.size() / 2)).containsAll(accepted);
  }

  @Test
  void theEndBehindManyBytesIsSeen() throws Exception {
    clients(1, _ -> {});
    last().channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    whileTheLoopIsHeld(() -> {
      allClientsSend(LONG);
      clients.getFirst().shutdownOutput();
    });
    eventually("the end is seen", () -> last().isShut);
    assertThat(last().bytes).isEqualTo(LONG.length);
  }

  @Test
  void whoIsPausedWhileItWaitsIsNotReadUntilItGoesOn() throws Exception {
    clients(MANY, _ -> last().channel().config().setAutoRead(false));
    whileTheLoopIsHeld(() -> allClientsSend(new byte[1]));
    everybodyElseWasRead();
    assertThat(order).doesNotContain(last());

    last().channel().config().setAutoRead(true);
    eventually("it is read", () -> order.contains(last()));
  }

  @Test
  void whoPausesInTheMiddleLosesNothing() throws Exception {
    clients(1, side -> side.channel().config().setAutoRead(false));
    whileTheLoopIsHeld(() -> allClientsSend(LONG));
    eventually(
        "all bytes are read",
        () -> {
          last().channel().config().setAutoRead(true);
          return last().bytes == LONG.length;
        });
  }

  @Test
  void whoIsClosedWhileItWaitsIsNotRead() throws Exception {
    clients(MANY, _ -> last().channel().close());
    whileTheLoopIsHeld(() -> allClientsSend(new byte[1]));
    everybodyElseWasRead();
    assertThat(order).doesNotContain(last());
  }

  @Test
  void aResetWhileItWaitsIsSeen() throws Exception {
    clients(MANY, _ -> {});
    whileTheLoopIsHeld(() -> {
      allClientsSend(new byte[1]);
      clients.getLast().setSoLinger(true, 0);
      clients.getLast().close();
    });
    eventually("it is closed", () -> !last().channel().isOpen());
    everybodyElseWasRead();
  }
}
