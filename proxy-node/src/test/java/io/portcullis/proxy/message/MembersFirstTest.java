package io.portcullis.proxy.message;

import static io.portcullis.proxy.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.unix.FileDescriptor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
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
    private volatile boolean isPulling;

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
    public void channelReadComplete(ChannelHandlerContext context) {
      if (isPulling) {
        context.read();
      }
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
    theLoopSleeps();
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

  /// Nothing waits that nobody takes: the loop's thread is in the kernel's hands (proc(5), /proc/pid/task/tid/stat).
  private void theLoopSleeps() throws Exception {
    Path thread = loop.submit(() -> Files.readSymbolicLink(Path.of("/proc/thread-self"))).get();
    eventually(
        "the loop sleeps",
        () -> read(Path.of("/proc").resolve(thread).resolve("stat")).getFirst().contains(") S "));
  }

  /// Waits until the kernel has bytes for this socket.
  private static void arrived(Channel channel) {
    eventually(
        "bytes for " + channel,
        () -> kernelsView(channel).stream().anyMatch(fields -> !fields[4].endsWith(":00000000")));
  }

  /// Waits until the kernel has seen the other side's end, or its reset.
  private static void ended(Channel channel) {
    eventually(
        "the end of " + channel,
        () -> kernelsView(channel).stream().noneMatch(fields -> fields[3].equals("01")));
  }

  /// Its line of /proc/net/tcp, cut into fields; none when it was reset.
  private static List<String[]> kernelsView(Channel channel) {
    String local = ":%04X".formatted(((InetSocketAddress) channel.localAddress()).getPort());
    String remote = ":%04X".formatted(((InetSocketAddress) channel.remoteAddress()).getPort());
    return Stream.of("tcp", "tcp6")
        .flatMap(table -> read(Path.of("/proc/net", table)).stream())
        .map(line -> line.strip().split("\\s+"))
        .filter(fields -> fields[1].endsWith(local) && fields[2].endsWith(remote))
        .toList();
  }

  private static List<String> read(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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

  private Side connected() throws InterruptedException {
    Side answer = new Side(_ -> {});
    new Bootstrap()
        .group(loop)
        .channel(Transport.EPOLL.socket())
        .handler(answer)
        .connect(member.getLocalSocketAddress())
        .sync();
    return answer;
  }

  /// When the first client is read.
  private Consumer<Side> then(Meanwhile action) {
    return side -> {
      if (side == accepted.getFirst()) {
        try {
          action.run();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }

  @Test
  void aMembersAnswerGoesBeforeManyClients() throws Exception {
    Side answer = connected();
    try (Socket other = member.accept()) {
      clients(
          MANY,
          then(() -> {
            other.getOutputStream().write(1);
            arrived(answer.channel());
          }));
      whileTheLoopIsHeld(() -> allClientsSend(new byte[1]));
      eventually("all are read", () -> order.size() == MANY + 1);
      assertThat(order.indexOf(answer)).isEqualTo(Limits.CLIENTS_A_TURN);
    }
  }

  @Test
  void clientsHaveAShareBesideManyMembers() throws Exception {
    int share = Limits.CLIENTS_A_TURN + 4;
    List<Side> answers = new ArrayList<>();
    List<Socket> members = new ArrayList<>();
    try {
      for (int i = 0; i < share * Limits.MEMBERS_TO_A_CLIENT; i++) {
        answers.add(connected());
        members.add(member.accept());
      }
      Meanwhile answering =
          () -> {
            for (int i = 0; i < members.size(); i++) {
              members.get(i).getOutputStream().write(1);
              arrived(answers.get(i).channel());
            }
          };
      clients(MANY, then(answering));
      whileTheLoopIsHeld(() -> {
        answering.run();
        allClientsSend(new byte[1]);
      });
      eventually("all are read", () -> order.size() == MANY + 2 * members.size());
      assertThat(order.subList(members.size(), members.size() + share))
          .containsExactlyElementsOf(accepted.subList(0, share));
      assertThat(answers).contains(order.get(members.size() + share));
    } finally {
      for (Socket socket : members) {
        socket.close();
      }
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

  /// Whoever pulls reads without telling epoll that it goes on.
  @Test
  void whoPullsGetsEverything() throws Exception {
    clients(1, _ -> {});
    last().channel().config().setAutoRead(false);
    last().isPulling = true;
    whileTheLoopIsHeld(() -> allClientsSend(LONG));
    last().channel().read();
    eventually("all bytes are read", () -> last().bytes == LONG.length);
  }

  @Test
  void everythingThatWasWrittenLeaves() throws Exception {
    byte[] much = new byte[16 * 1024 * 1024];
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    clients(MANY, then(() -> readWhatIsThere(received)));
    last().channel().writeAndFlush(Unpooled.wrappedBuffer(much));
    whileTheLoopIsHeld(() -> allClientsSend(new byte[1]));
    everybodyElseWasRead();
    clients.getLast().setSoTimeout(30_000);
    received.write(clients.getLast().getInputStream().readNBytes(much.length - received.size()));
    assertThat(received.size()).isEqualTo(much.length);
  }

  /// Until there is nothing more in the kernel: it can take more, and says so to a client that waits already.
  private void readWhatIsThere(ByteArrayOutputStream received) throws IOException {
    InputStream in = clients.getLast().getInputStream();
    while (in.available() > 0) {
      received.write(in.readNBytes(in.available()));
    }
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
  void anEndWhileItWaitsIsSeen() throws Exception {
    clients(
        MANY,
        then(() -> {
          clients.getLast().shutdownOutput();
          ended(last().channel());
        }));
    last().channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    whileTheLoopIsHeld(() -> allClientsSend(new byte[1]));
    eventually("the end is seen", () -> last().isShut);
    assertThat(last().bytes).isEqualTo(1);
  }

  @Test
  void aResetWhileItWaitsIsSeen() throws Exception {
    clients(
        MANY,
        then(() -> {
          clients.getLast().setSoLinger(true, 0);
          clients.getLast().close();
          ended(last().channel());
        }));
    whileTheLoopIsHeld(() -> allClientsSend(new byte[1]));
    eventually("it is closed", () -> !last().channel().isOpen());
    everybodyElseWasRead();
  }

  @Test
  void aFaultEndsOnlyItsOwnConnection() throws Exception {
    clients(MANY, _ -> {});
    Faulty faulty = new Faulty();
    IoRegistration registration = ((IoEventLoop) loop.next()).register(faulty).sync().getNow();
    registration.submit(EpollIoOps.EPOLLIN);
    whileTheLoopIsHeld(() -> {
      faulty.write();
      allClientsSend(new byte[1]);
    });
    eventually("all are read", () -> order.size() == MANY);
    eventually("it is closed", () -> faulty.isClosed);
    registration.cancel();
  }

  /// A pipe whose handling throws.
  private static final class Faulty implements EpollIoHandle {
    private final FileDescriptor[] pipe;
    private volatile boolean isClosed;

    Faulty() throws IOException {
      pipe = FileDescriptor.pipe();
    }

    void write() throws IOException {
      ByteBuffer bytes = ByteBuffer.allocateDirect(1);
      pipe[1].write(bytes, 0, 1);
    }

    @Override
    public FileDescriptor fd() {
      return pipe[0];
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
      throw new IllegalStateException("as the test wants it");
    }

    @Override
    public void close() {
      isClosed = true;
      try {
        pipe[0].close();
        pipe[1].close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
