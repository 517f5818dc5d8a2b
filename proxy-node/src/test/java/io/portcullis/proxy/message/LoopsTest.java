package io.portcullis.proxy.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class LoopsTest {

  private static final class Holding extends ChannelInboundHandlerAdapter {
    private final CountDownLatch removed = new CountDownLatch(1);

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
      removed.countDown();
    }
  }

  static Stream<Transport> available() {
    return Arrays.stream(Transport.values()).filter(Transport::isAvailable);
  }

  private static Channel connected(Loops loops, Transport transport, Holding handler)
      throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new Bootstrap()
          .group(loops)
          .channel(transport.socket())
          .handler(handler)
          .connect(server.getLocalSocketAddress())
          .sync()
          .channel();
    }
  }

  @ParameterizedTest
  @MethodSource("available")
  void theEndOfIdleLoopsIsToldToEveryConnection(Transport transport) throws Exception {
    Loops loops = transport.newLoops(1);
    Holding handler = new Holding();
    Channel channel = connected(loops, transport, handler);
    loops.end();
    assertThat(handler.removed.getCount()).isZero();
    assertThat(channel.isOpen()).isFalse();
    assertThat(loops.isTerminated()).isTrue();
  }

  /// At the very moment when Netty's loop has just looked whether to close its channels.
  @ParameterizedTest
  @MethodSource("available")
  void theEndOfLoopsInTheMidstOfTheirTasksIsToldToEveryConnection(Transport transport)
      throws Exception {
    Loops loops = transport.newLoops(1);
    Holding handler = new Holding();
    Channel channel = connected(loops, transport, handler);
    CountDownLatch begun = new CountDownLatch(1);
    loops.execute(() -> {
      begun.countDown();
      while (!loops.isShuttingDown()) {
        Thread.onSpinWait();
      }
    });
    begun.await();
    loops.end();
    assertThat(handler.removed.getCount()).isZero();
    assertThat(channel.isOpen()).isFalse();
    assertThat(loops.isTerminated()).isTrue();
  }
}
