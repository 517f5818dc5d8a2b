package io.portcullis.proxy.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TransportTest {

  static Stream<Transport> available() {
    return Arrays.stream(Transport.values()).filter(Transport::isAvailable);
  }

  @Test
  void theBestIsEpollBecauseIoUringLosesResets() {
    assertThat(Transport.best()).isEqualTo(Transport.EPOLL);
    assertThat(available()).contains(Transport.NIO);
  }

  /// The member's connection is opened on the client's loop, so it must be of the client's kind.
  @ParameterizedTest
  @MethodSource("available")
  void aConnectionTellsItsTransport(Transport transport) throws Exception {
    EventLoopGroup loops = transport.newLoops(1);
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Channel channel =
          new Bootstrap()
              .group(loops)
              .channel(transport.socket())
              .handler(new ChannelInboundHandlerAdapter())
              .connect(server.getLocalSocketAddress())
              .sync()
              .channel();
      SocketOptions.apply(channel);
      assertThat(Transport.of(channel)).isEqualTo(transport);
      channel.close().sync();
    } finally {
      loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
    }
  }

  @Test
  void theyAreCalledAsOperatorsCallThem() {
    assertThat(Transport.values())
        .extracting(Transport::toString)
        .containsExactly("io_uring", "epoll", "nio");
  }
}
