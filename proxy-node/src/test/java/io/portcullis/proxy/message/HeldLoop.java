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
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A real loop with real sockets, held back while bytes arrive so that it finds them all at once.
final class HeldLoop implements AutoCloseable {
  static final int RECEIVE_BUFFER = 64;

  final EventLoopGroup loop = Transport.EPOLL.newLoops(1);
  final List<Socket> clients = new ArrayList<>();

  /// Those who were read, in that order.
  final List<Side> order = Collections.synchronizedList(new ArrayList<>());

  final List<Side> accepted = new CopyOnWriteArrayList<>();
  final ServerSocket member;

  /// Our side of a connection.
  final class Side extends ChannelInboundHandlerAdapter {
    private final Consumer<Side> reading;
    private volatile @Nullable Channel channel;
    volatile int bytes;
    volatile boolean isShut;
    volatile boolean isPulling;

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

  HeldLoop() throws IOException {
    member = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  @Override
  public void close() throws IOException {
    for (Socket client : clients) {
      client.close();
    }
    member.close();
    loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
  }

  void accept(int count, Consumer<Side> reading) throws Exception {
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
  interface Meanwhile {
    void run() throws IOException;
  }

  void whileHeld(Meanwhile meanwhile) throws Exception {
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

  void allClientsSend(byte[] bytes) throws IOException {
    for (Socket client : clients) {
      client.getOutputStream().write(bytes);
    }
    KernelsView.arrived(accepted.stream().map(Side::channel).toList());
  }

  /// Nothing waits that nobody takes: the loop's thread is in the kernel's hands (proc(5), /proc/pid/task/tid/stat).
  void sleeps() throws Exception {
    Path thread =
        loop.submit(() -> Files.readSymbolicLink(Path.of("/proc/thread-self")))
            .get(30, TimeUnit.SECONDS);
    eventually(
        "the loop sleeps",
        () ->
            KernelsView.read(Path.of("/proc").resolve(thread).resolve("stat"))
                .getFirst()
                .contains(") S "));
  }

  Side last() {
    return accepted.getLast();
  }

  void everybodyElseWasRead() {
    eventually(
        "everybody else is read",
        () -> order.containsAll(accepted.subList(0, accepted.size() - 1)));
    // Whatever the loop had for the last one has had its time.
    assertThat(loop.submit(() -> {}).awaitUninterruptibly(30, TimeUnit.SECONDS)).isTrue();
  }

  Side connected() throws InterruptedException {
    return connected(_ -> {});
  }

  Side connected(Consumer<Side> reading) throws InterruptedException {
    Side answer = new Side(reading);
    new Bootstrap()
        .group(loop)
        .channel(Transport.EPOLL.socket())
        .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(RECEIVE_BUFFER))
        .handler(answer)
        .connect(member.getLocalSocketAddress())
        .sync();
    return answer;
  }

  /// When the first client is read.
  Consumer<Side> then(Meanwhile action) {
    AtomicBoolean done = new AtomicBoolean();
    return _ -> {
      if (!done.getAndSet(true)) {
        try {
          action.run();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }
}
