package io.portcullis.proxy.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.model.Pool;
import io.portcullis.farm.model.PublishingRule.Action;
import io.portcullis.farm.model.TlsVersion;
import io.portcullis.proxy.TestAuthority;
import io.portcullis.proxy.TestConfig;
import io.portcullis.proxy.TestKeys;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A switched connection with TLS on both sides: what was said before a side ended arrives, whichever side ended.
@SuppressWarnings("StringConcatToTextBlock") // line ends are the subject
class TlsTunnelTest {

  private static final String NAME = "pool01.contoso.local";
  private static final int MUCH = 2_000_000;
  private static final String ASK =
      "GET /chat HTTP/1.1\r\nHost: web.contoso.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
  private static final String AGREE =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";

  private final TestAuthority authority = new TestAuthority("CA");
  private final Map<String, TestAuthority.Issued> certificates =
      Map.of("web", authority.issue("web.contoso.com"));
  private final TlsNode node = new TlsNode();
  private final byte[] much = new byte[MUCH];

  TlsTunnelTest() {
    new Random(3).nextBytes(much);
  }

  @AfterEach
  void close() {
    node.close();
  }

  /// What the member does once it has agreed.
  private interface Script<T> {
    T run(SSLSocket socket) throws IOException;
  }

  private <T> CompletableFuture<T> member(Script<T> script) throws Exception {
    SSLServerSocket door =
        (SSLServerSocket)
            TestKeys.serverContext(authority.issue(NAME))
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
    TestConfig config =
        TlsNode.config(TlsVersion.TLSv1_2, certificates)
            .rule("all", TlsNode.LISTENER, "*", new Action.ToPool("pool01"))
            .switchingTo("websocket");
    config.pools.add(
        TestConfig.pool(
            "pool01",
            new Pool.Bridging(door.getLocalPort(), 0),
            new Pool.PoolTls(NAME, null, authority.certificate(), TlsVersion.TLSv1_2),
            null,
            TestConfig.member("fe1.contoso.local", null, 1)));
    node.publish(config, certificates);
    return CompletableFuture.supplyAsync(() -> {
      try (door;
          SSLSocket one = (SSLSocket) door.accept()) {
        head(one.getInputStream());
        one.getOutputStream().write(AGREE.getBytes(ISO_8859_1));
        return script.run(one);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    });
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int b = in.read();
      assertThat(b).as("after %s", head).isNotNegative();
      head.append((char) b);
    }
    return head.toString();
  }

  private SSLSocket switched() throws Exception {
    SSLSocket client =
        (SSLSocket)
            TestKeys.trusting(authority)
                .getSocketFactory()
                .createSocket(node.address().getAddress(), node.address().getPort());
    client.setSoTimeout(20_000);
    client.getOutputStream().write(ASK.getBytes(ISO_8859_1));
    assertThat(head(client.getInputStream())).startsWith("HTTP/1.1 101 ");
    return client;
  }

  @Test
  void whatTheClientSaidBeforeItsEndArrives() throws Exception {
    CompletableFuture<byte[]> heard = member(socket -> socket.getInputStream().readAllBytes());
    try (SSLSocket client = switched()) {
      client.getOutputStream().write(much);
      client.shutdownOutput();
      assertThat(Arrays.equals(heard.get(20, TimeUnit.SECONDS), much)).isTrue();
    }
  }

  @Test
  void whatTheMemberSaidBeforeItsEndArrives() throws Exception {
    CompletableFuture<Boolean> said =
        member(socket -> {
          socket.getOutputStream().write(much);
          socket.shutdownOutput();
          return socket.getInputStream().read() < 0;
        });
    try (SSLSocket client = switched()) {
      assertThat(Arrays.equals(client.getInputStream().readAllBytes(), much)).isTrue();
    }
    assertThat(said.get(20, TimeUnit.SECONDS)).isTrue();
  }

  /// As RFC 8446 §6.1 has it, and as a FIN does in clear.
  @Test
  void aClientsEndLeavesTheMembersDirectionOpen() throws Exception {
    CompletableFuture<Integer> heard =
        member(socket -> {
          int length = socket.getInputStream().readAllBytes().length;
          socket.getOutputStream().write(much);
          return length;
        });
    try (SSLSocket client = switched()) {
      client.getOutputStream().write(Arrays.copyOf(much, 10_000));
      client.shutdownOutput();
      assertThat(Arrays.equals(client.getInputStream().readAllBytes(), much)).isTrue();
      assertThat(heard.get(20, TimeUnit.SECONDS)).isEqualTo(10_000);
    }
  }
}
