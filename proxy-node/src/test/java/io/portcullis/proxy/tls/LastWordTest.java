package io.portcullis.proxy.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.model.TlsVersion;
import io.portcullis.proxy.TestAuthority;
import io.portcullis.proxy.TestKeys;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/// What becomes of requests that wait while their client takes its answers, and then says that it will say no more.
class LastWordTest {

  private static final byte[] ASK =
      "GET / HTTP/1.1\r\nHost: web.contoso.com\r\n\r\n".getBytes(ISO_8859_1);
  private static final int AT_A_TIME = 20;
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /// Looks, and not seconds: a machine that pauses as a whole is not stuck.
  private static final int STUCK_LOOKS = 3_000;

  /// Behind a close_notify Java would end its half of the TCP connection as well: the node would close, and read no more.
  private static final class OpenSocket extends Socket {
    @Override
    public void shutdownOutput() {
      // Only TLS says a last word.
    }
  }

  /// Asks until the node stops answering, for the answers are not read.
  ///
  /// @return how many it has answered
  private static long untilStuck(SSLSocket client, TlsNode node) throws IOException {
    long asked = 0;
    while (true) {
      for (int i = 0; i < AT_A_TIME; i++) {
        client.getOutputStream().write(ASK);
      }
      asked += AT_A_TIME;
      int looks = 0;
      while (node.counters.exchanges() < asked) {
        if (looks++ == STUCK_LOOKS) {
          return node.counters.exchanges();
        }
        LockSupport.parkNanos(LOOK_NANOS);
      }
    }
  }

  /// Its end may be a cut: a close waits for a slow client for three seconds only.
  private static long readToEnd(SSLSocket client) throws SocketTimeoutException {
    byte[] piece = new byte[16 * 1024];
    long all = 0;
    try {
      for (int some = 0; some >= 0; some = client.getInputStream().read(piece)) {
        all += some;
      }
    } catch (SocketTimeoutException noEnd) {
      throw noEnd;
    } catch (IOException _) {
      // What came before it is what is asked for.
    }
    return all;
  }

  /// The connection is writable again while the rest of its output leaves, but nothing that is asked then would be answered.
  @Test
  void requestsThatWaitAreForgotten() throws Exception {
    TestAuthority authority = new TestAuthority("CA");
    try (TlsNode node = new TlsNode();
        Socket socket = new OpenSocket()) {
      node.publish(TlsVersion.TLSv1_3, Map.of("web", authority.issue("web.contoso.com")));
      socket.setReceiveBufferSize(16 * 1024);
      socket.connect(node.address());
      SSLSocket client =
          (SSLSocket)
              TestKeys.trusting(authority)
                  .getSocketFactory()
                  .createSocket(socket, "web.contoso.com", 443, true);
      client.setSoTimeout(20_000);
      client.startHandshake();
      long answered = untilStuck(client, node);
      client.shutdownOutput();
      assertThat(readToEnd(client)).isPositive();
      assertThat(node.counters.exchanges()).isEqualTo(answered);
    }
  }
}
