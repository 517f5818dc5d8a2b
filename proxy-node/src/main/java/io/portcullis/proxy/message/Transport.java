package io.portcullis.proxy.message;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringBufferRingConfig;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringFixedBufferRingAllocator;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.util.Locale;
import jdk.net.ExtendedSocketOptions;

/// How bytes reach the event loops. A client's connection and the member's that serves it live on one loop, and so have the same one.
public enum Transport {
  /// What a loop's turn reads and writes goes to the kernel in one call, and the kernel picks the receive buffers. Only by choice: a member's
  /// reset right behind its last bytes may go unseen.
  IO_URING(IoUringServerSocketChannel.class, IoUringSocketChannel.class),

  EPOLL(EpollServerSocketChannel.class, EpollSocketChannel.class),

  /// The JDK's, wherever Java runs.
  NIO(NioServerSocketChannel.class, NioSocketChannel.class);

  private static final short RECEIVE_BUFFERS = 1;

  /// As Linux numbers them (socket(7), tcp(7)): Netty offers neither to a door.
  private static final ChannelOption<Integer> DOOR_KEEP_ALIVE =
      new IntegerUnixChannelOption("SO_KEEPALIVE", 1, 9);

  private static final ChannelOption<Integer> DOOR_KEEP_IDLE =
      new IntegerUnixChannelOption("TCP_KEEPIDLE", 6, 4);

  private final Class<? extends ServerChannel> door;
  private final Class<? extends SocketChannel> socket;

  Transport(Class<? extends ServerChannel> door, Class<? extends SocketChannel> socket) {
    this.door = door;
    this.socket = socket;
  }

  /// What a node uses that is not told otherwise.
  public static Transport best() {
    return EPOLL.isAvailable() ? EPOLL : NIO;
  }

  /// That of a connection.
  public static Transport of(Channel channel) {
    if (IO_URING.socket.isInstance(channel)) {
      return IO_URING;
    }
    return EPOLL.socket.isInstance(channel) ? EPOLL : NIO;
  }

  public boolean isAvailable() {
    return switch (this) {
      case IO_URING -> IoUring.isAvailable() && IoUring.isRegisterBufferRingSupported();
      case EPOLL -> Epoll.isAvailable();
      case NIO -> true;
    };
  }

  /// What the system said to one that is not available.
  public String whyNot() {
    Throwable cause =
        this == IO_URING ? IoUring.unavailabilityCause() : Epoll.unavailabilityCause();
    if (cause == null) {
      return "this kernel has no buffer rings";
    }
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }

  public Loops newLoops(int count) {
    return new Loops(count, handlers());
  }

  private IoHandlerFactory handlers() {
    return switch (this) {
      case IO_URING -> IoUringIoHandler.newFactory(ring());
      case EPOLL -> MembersFirst.newFactory();
      case NIO -> NioIoHandler.newFactory();
    };
  }

  /// An idle connection has no receive buffer; all of a loop share those of the ring.
  private static IoUringIoHandlerConfig ring() {
    return new IoUringIoHandlerConfig()
        .setCqSize(Limits.RING_COMPLETIONS)
        .setBufferRingConfig(
            IoUringBufferRingConfig.builder()
                .bufferGroupId(RECEIVE_BUFFERS)
                .bufferRingSize(Limits.RING_BUFFERS)
                .batchSize(Limits.RING_BATCH)
                .allocator(
                    new IoUringFixedBufferRingAllocator(
                        ByteBufAllocator.DEFAULT, Limits.RING_BUFFER_BYTES))
                .build());
  }

  /// Whether each loop has a listening socket of its own, so that a connection lives on the loop that accepted it.
  public boolean acceptsPerLoop() {
    return this != NIO;
  }

  public Class<? extends ServerChannel> door() {
    return door;
  }

  public Class<? extends SocketChannel> socket() {
    return socket;
  }

  /// What connections inherit from the door they come through (tcp(7)) costs no call for each of them.
  public void dress(ServerBootstrap door) {
    if (this == EPOLL) {
      door.option(DOOR_KEEP_ALIVE, 1).option(DOOR_KEEP_IDLE, keepAliveSeconds());
    }
  }

  /// Dresses a new connection with what it has not inherited.
  void dress(Channel channel) {
    if (this != EPOLL || channel.parent() == null) {
      channel.config().setOption(ChannelOption.SO_KEEPALIVE, true);
      channel.config().setOption(keepIdle(), keepAliveSeconds());
    }
    if (this == IO_URING) {
      channel.config().setOption(IoUringChannelOption.IO_URING_BUFFER_GROUP_ID, RECEIVE_BUFFERS);
    }
  }

  private static int keepAliveSeconds() {
    return (int) Limits.TCP_KEEP_ALIVE.toSeconds();
  }

  private ChannelOption<Integer> keepIdle() {
    return switch (this) {
      case IO_URING -> IoUringChannelOption.TCP_KEEPIDLE;
      case EPOLL -> EpollChannelOption.TCP_KEEPIDLE;
      case NIO -> NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE);
    };
  }

  /// As the kernel and the operator call it.
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
