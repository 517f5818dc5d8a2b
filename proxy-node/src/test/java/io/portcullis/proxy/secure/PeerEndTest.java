package io.portcullis.proxy.secure;

import static io.portcullis.proxy.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import io.portcullis.proxy.message.Loops;
import io.portcullis.proxy.message.Transport;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Their close_notify over a real socket, alone and with a FIN right behind it.
@Timeout(60)
class PeerEndTest {

  @ParameterizedTest
  @CsvSource({"TLSv1.3,false", "TLSv1.3,true", "TLSv1.2,false", "TLSv1.2,true"})
  void theirLastWordIsAnsweredUnlessTheySendTheirFinWithIt(String version, boolean fin)
      throws Exception {
    SslContext own = Line.context(false, SslProvider.OPENSSL, version);
    JdkSslContext other = (JdkSslContext) Line.context(true, SslProvider.JDK, version);
    Loops loops = Transport.EPOLL.newLoops(1);
    CountDownLatch go = new CountDownLatch(1);
    try (ServerSocket door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ExecutorService them = Executors.newVirtualThreadPerTaskExecutor();
        AutoCloseable _ = loops::end;
        AutoCloseable _ = go::countDown) {
      Future<Channel> ours =
          them.submit(() ->
              new Bootstrap()
                  .group(loops)
                  .channel(Transport.EPOLL.socket())
                  .handler(
                      new Handshake(
                          own.newEngine(PooledByteBufAllocator.DEFAULT), Duration.ofHours(1)))
                  .connect(door.getLocalSocketAddress())
                  .sync()
                  .channel());
      try (Socket plain = door.accept();
          SSLSocket tls =
              (SSLSocket)
                  other.context().getSocketFactory().createSocket(plain, "localhost", 0, false)) {
        tls.setUseClientMode(false);
        tls.startHandshake();
        Channel channel = ours.get();
        eventually("our handshake", () -> channel.pipeline().get(Records.class) != null);

        // What comes meanwhile is found at once.
        Future<?> held =
            channel
                .eventLoop()
                .submit(() -> {
                  go.await();
                  return true;
                });
        tls.shutdownOutput();
        if (fin) {
          plain.shutdownOutput();
        }
        go.countDown();
        held.get();

        assertThat(plain.getInputStream().readAllBytes().length > 0).isEqualTo(!fin);
      }
    }
  }
}
