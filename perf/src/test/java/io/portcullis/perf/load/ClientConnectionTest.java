package io.portcullis.perf.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClientConnectionTest {

  /// What becomes of a connection and its request, and whether it was told on the loop.
  private record Told(
      EventLoop loop, CompletableFuture<Outcome> lost, CompletableFuture<Boolean> over)
      implements ClientConnection.Owner, ClientConnection.Ended {
    @Override
    public void answered(ClientConnection connection, Request request, Answer answer) {
      lost.completeExceptionally(new AssertionError("answered"));
    }

    @Override
    public void lost(ClientConnection connection, Request request, Outcome outcome) {
      lost.complete(outcome);
    }

    @Override
    public void ended(ClientConnection connection) {
      over.complete(loop.inEventLoop());
    }

    @Override
    public void agreed(String what) {}
  }

  /// As where no more files may be open.
  @Test
  void connectionWithoutSocketIsLostAndOverOnItsLoop() throws Exception {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try {
      EventLoop loop = loops.next();
      Told told = new Told(loop, new CompletableFuture<>(), new CompletableFuture<>());
      ClientConnection connection = new ClientConnection(told);
      loop.submit(
              () -> {
                connection.connecting(
                    new Bootstrap()
                        .group(loop)
                        .channelFactory(() -> {
                          throw new ChannelException("too many open files");
                        })
                        .handler(new ChannelInboundHandlerAdapter())
                        .connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1)),
                    loop);
                connection.send(
                    Request.get("small", "web.contoso.com", "/"),
                    told,
                    System.nanoTime() + TimeUnit.HOURS.toNanos(1));
              })
          .sync();
      assertThat(told.lost().get(30, TimeUnit.SECONDS)).isEqualTo(Outcome.Lost.CONNECT);
      assertThat(told.over().get(30, TimeUnit.SECONDS)).isTrue();
      assertThat(connection.isUsable()).isFalse();
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }
  }
}
