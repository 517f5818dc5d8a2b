package io.portcullis.proxy.tls;

import static io.portcullis.proxy.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.model.TlsVersion;
import io.portcullis.proxy.TestAuthority;
import io.portcullis.proxy.Warnings;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What comes to a TLS port and is not TLS, or not all of it.
class HostileHandshakesTest {

  private static final int ROUNDS = 200;

  /// RFC 8446 §4.1.2, the first record of a handshake: lengths that promise more than comes.
  private static final byte[] HELLO = {22, 3, 1, 0, 60, 1, 0, 0, 56, 3, 3};

  private final TlsNode node = new TlsNode();
  private final TestAuthority authority = new TestAuthority("CA");

  @BeforeEach
  void publish() {
    node.publish(TlsVersion.TLSv1_2, Map.of("web", authority.issue("web.contoso.com")));
  }

  @AfterEach
  void close() throws IOException {
    node.close();
  }

  private Socket connect() throws IOException {
    return new Socket(node.address().getAddress(), node.address().getPort());
  }

  private static byte[] bytes(Random random) {
    byte[] noise = new byte[random.nextInt(300)];
    random.nextBytes(noise);
    return switch (random.nextInt(3)) {
      case 0 -> noise;
      case 1 -> "GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
      default -> {
        byte[] hello = Arrays.copyOf(HELLO, HELLO.length + noise.length);
        System.arraycopy(noise, 0, hello, HELLO.length, noise.length);
        yield hello;
      }
    };
  }

  @Test
  void nonsenseCostsOnlyItself() throws Exception {
    try (Warnings warnings = new Warnings()) {
      for (long seed = 0; seed < ROUNDS; seed++) {
        Random random = new Random(seed);
        try (Socket client = connect()) {
          client.setSoLinger(random.nextBoolean(), 0);
          client.getOutputStream().write(bytes(random));
        }
      }
      eventually("all are gone", () -> node.counters.connectionsOpen() == 0);
      assertThat(warnings.said()).isEmpty();
    }
  }

  /// The handshake has its own deadline, which nothing that comes in crumbs puts off.
  @Test
  void aClientThatSaysNothingIsCutOff() throws Exception {
    try (Socket silent = connect();
        Socket begun = connect()) {
      begun.getOutputStream().write(HELLO);
      for (Socket client : new Socket[] {silent, begun}) {
        client.setSoTimeout(60_000);
        assertThat(client.getInputStream().readAllBytes()).hasSizeLessThan(100);
      }
    }
  }
}
