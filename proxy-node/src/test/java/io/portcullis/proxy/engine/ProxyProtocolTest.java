package io.portcullis.proxy.engine;

import static io.portcullis.proxy.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.limit.Access;
import io.portcullis.proxy.limit.ListenerLimits;
import io.portcullis.proxy.message.Failure;
import io.portcullis.proxy.observe.AccessLog;
import io.portcullis.proxy.observe.Observer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The log tells whom the node takes for the client.
@SuppressWarnings("StringConcatToTextBlock") // line ends are the subject
class ProxyProtocolTest {

  private static final String GET = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String LINE = "PROXY TCP4 192.0.2.7 203.0.113.1 50001 443\r\n";
  private static final byte[] BINARY =
      HexFormat.of().parseHex("0d0a0d0a000d0a515549540a2111000cc0000208cb007101c35101bb");

  private final Path file;

  ProxyProtocolTest(@TempDir Path directory) {
    file = directory.resolve("access.log");
  }

  private AccessLog log() throws IOException {
    return AccessLog.open(new AccessLog.Settings(file, false, 1 << 20, 1), () -> "node-1");
  }

  private String content() {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void theConveyedAddressIsTheClients() throws IOException {
    try (AccessLog log = log();
        ScriptedMember member = ScriptedMember.echo();
        TestNode node =
            TestNode.behind("127.0.0.0/8", TestNode.clearPool(true, member.port()), null, log)) {
      try (Wire client = node.connect()) {
        assertThat(client.send(LINE + GET).read().body()).doesNotContain("PROXY");
        client.send(GET).read();
      }
      eventually("two lines", () -> content().lines().count() == 2);
      assertThat(content().lines())
          .allMatch(line -> line.contains("\"source\":\"192.0.2.7\",\"sourcePort\":50001"));
      try (Wire client = node.connect()) {
        for (byte one : BINARY) {
          client.send(new byte[] {one});
        }
        client.send(GET).read();
      }
      eventually("a third", () -> content().contains("\"source\":\"192.0.2.8\""));
      try (Wire client = node.connect()) {
        client.send("PROXY UNKNOWN\r\n" + GET).read();
      }
      eventually("the balancer itself", () -> content().contains("\"source\":\"127.0.0.1\""));
    }
  }

  @Test
  void aBalancerThatSaysNothingIsNotServed() throws IOException {
    try (AccessLog log = log();
        ScriptedMember member = ScriptedMember.echo();
        TestNode node =
            TestNode.behind("127.0.0.1", TestNode.clearPool(true, member.port()), null, log)) {
      for (String text : new String[] {GET, "PROXY TCP4 x\r\n" + GET, "PROXY " + "x".repeat(200)}) {
        try (Wire client = node.connect()) {
          client.send(text.getBytes(StandardCharsets.ISO_8859_1));
          assertThat(client.isClosedByPeer()).as(text).isTrue();
        }
      }
      assertThat(member.connections()).isZero();
      assertThat(node.counters.proxyHeadersRefused()).isEqualTo(3);
    }
  }

  @Test
  void whatOneSourceMayDoIsCountedOnTheConveyedAddress() throws IOException {
    Access two = new Access(new ListenerLimits(2, 0, 0, new ListenerLimits.Tables()), Map.of());
    try (ScriptedMember member = ScriptedMember.echo();
        TestNode node =
            TestNode.behind(
                "127.0.0.1", TestNode.clearPool(true, member.port()), null, Observer.NOBODY, two);
        Wire first = node.connect();
        Wire second = node.connect();
        Wire third = node.connect();
        Wire other = node.connect();
        Wire own = node.connect()) {
      assertThat(first.send(LINE + GET).read().status()).isEqualTo(200);
      assertThat(second.send(LINE + GET).read().status()).isEqualTo(200);
      third.send(LINE + GET);
      assertThat(third.isClosedByPeer()).isTrue();
      assertThat(other.send(LINE.replace("2.7", "2.9") + GET).read().status()).isEqualTo(200);
      assertThat(own.send("PROXY UNKNOWN\r\n" + GET).read().status()).isEqualTo(200);
      assertThat(node.counters.failures(Failure.CONNECTION_LIMIT)).isEqualTo(1);
    }
  }

  @Test
  void nobodyElseIsBelieved() throws IOException {
    try (AccessLog log = log();
        ScriptedMember member = ScriptedMember.echo();
        TestNode node =
            TestNode.behind("10.0.0.0/8", TestNode.clearPool(true, member.port()), null, log)) {
      try (Wire client = node.connect()) {
        assertThat(client.send(LINE + GET).read().status()).isEqualTo(400);
      }
      try (Wire client = node.connect()) {
        assertThat(client.send(GET).read().status()).isEqualTo(200);
      }
      assertThat(member.connections()).isEqualTo(1);
      eventually("two lines", () -> content().lines().count() == 2);
      assertThat(content()).doesNotContain("192.0.2.7");
    }
  }
}
