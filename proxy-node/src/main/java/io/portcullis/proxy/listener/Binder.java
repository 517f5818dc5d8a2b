package io.portcullis.proxy.listener;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.util.concurrent.EventExecutor;
import io.portcullis.proxy.message.Limits;
import io.portcullis.proxy.message.SocketOptions;
import io.portcullis.proxy.message.Transport;
import io.portcullis.proxy.snapshot.ListenerSnapshot;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/// Binds one listener: where the transport can, one socket per event loop with SO_REUSEPORT, so that a connection lives on the loop that accepted it.
final class Binder {

  private final Transport transport;
  private final EventLoopGroup loops;

  Binder(Transport transport, EventLoopGroup loops) {
    this.transport = transport;
    this.loops = loops;
  }

  BoundListener bind(
      ListenerSnapshot wanted, Collection<BoundListener> ours, Consumer<Channel> dress)
      throws ListenerRefused {
    InetSocketAddress address = addressOf(wanted);
    List<Channel> sockets = new ArrayList<>();
    try {
      if (transport.acceptsPerLoop() && !oursHoldThePort(ours, address)) {
        refuseTakenPort(address);
      }
      if (transport.acceptsPerLoop()) {
        for (EventExecutor loop : loops) {
          Channel first = sockets.isEmpty() ? null : sockets.getFirst();
          // Port 0: the system chose one for the first socket, the others join it.
          InetSocketAddress at = first == null ? address : (InetSocketAddress) first.localAddress();
          sockets.add(open((EventLoop) loop, at, dress));
        }
      } else {
        sockets.add(open(loops, address, dress));
      }
    } catch (IOException e) {
      sockets.forEach(socket -> socket.close().awaitUninterruptibly());
      throw refused(wanted, e);
    }
    return new BoundListener(
        wanted.name(),
        wanted.bind(),
        (InetSocketAddress) sockets.getFirst().localAddress(),
        sockets);
  }

  /// Whether [#bind] would find the address free.
  void probe(ListenerSnapshot wanted, Collection<BoundListener> ours) throws ListenerRefused {
    InetSocketAddress address = addressOf(wanted);
    if (oursHoldThePort(ours, address)) {
      return;
    }
    try {
      refuseTakenPort(address);
    } catch (IOException e) {
      throw refused(wanted, e);
    }
  }

  private Channel open(EventLoopGroup group, InetSocketAddress address, Consumer<Channel> dress)
      throws IOException {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(group, group)
            .channel(transport.door())
            .option(ChannelOption.SO_BACKLOG, Limits.BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    SocketOptions.apply(channel);
                    dress.accept(channel);
                  }
                });
    transport.dress(bootstrap);
    if (transport.acceptsPerLoop()) {
      bootstrap.option(UnixChannelOption.SO_REUSEPORT, true);
    }
    ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw bound.cause() instanceof IOException io ? io : new IOException(bound.cause());
    }
    return bound.channel();
  }

  /// With SO_REUSEPORT a second process of the same user may join our port and take half of our clients, so ask once without it.
  private static void refuseTakenPort(InetSocketAddress address) throws IOException {
    if (address.getPort() == 0) {
      return;
    }
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(address);
    }
  }

  private static boolean oursHoldThePort(
      Collection<BoundListener> ours, InetSocketAddress address) {
    return ours.stream().anyMatch(bound -> bound.address().getPort() == address.getPort());
  }

  private static InetSocketAddress addressOf(ListenerSnapshot wanted) throws ListenerRefused {
    String bind = wanted.bind();
    int colon = bind.lastIndexOf(':');
    try {
      String host = bind.substring(0, colon);
      if (host.startsWith("[") && host.endsWith("]")) {
        host = host.substring(1, host.length() - 1);
      }
      return new InetSocketAddress(host, Integer.parseInt(bind.substring(colon + 1)));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new ListenerRefused(
          "listener "
              + wanted.name()
              + ": '"
              + bind
              + "' is not an address and port; write 0.0.0.0:443 or [::]:443",
          e);
    }
  }

  private static ListenerRefused refused(ListenerSnapshot wanted, IOException e) {
    return new ListenerRefused(
        "listener "
            + wanted.name()
            + " cannot bind "
            + wanted.bind()
            + ": "
            + e.getMessage()
            + ". Stop what uses the address (ss -ltnp shows it), choose another one, or override it on this"
            + " node with --listen "
            + wanted.name()
            + "=HOST:PORT",
        e);
  }
}
