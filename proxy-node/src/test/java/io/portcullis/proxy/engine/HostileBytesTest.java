package io.portcullis.proxy.engine;

import static io.portcullis.proxy.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.Warnings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Requests that are spoilt, cut off and left alone, each from a seed: no warning in the log, and the node serves on.
class HostileBytesTest {

  private static final int ROUNDS = 400;
  private static final int MOST_CHANGES = 5;

  private static final String[] REQUESTS = {
    "GET /a HTTP/1.1\r\nHost: a\r\n\r\n",
    "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody",
    "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nx: y\r\n\r\n",
    "POST /d HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nok",
    "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"
  };

  private static byte[] spoilt(Random random) {
    StringBuilder all = new StringBuilder();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      all.append(REQUESTS[random.nextInt(REQUESTS.length)]);
    }
    byte[] bytes = all.toString().getBytes(StandardCharsets.ISO_8859_1);
    for (int i = random.nextInt(MOST_CHANGES); i > 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
  }

  @Test
  void spoiltRequestsCostOnlyThemselves() throws Exception {
    try (Warnings warnings = new Warnings();
        ScriptedMember member = ScriptedMember.echo();
        TestNode node = TestNode.of(TestNode.clearPool(false, member.port()))) {
      for (long seed = 0; seed < ROUNDS; seed++) {
        Random random = new Random(seed);
        try (Wire client = node.connect()) {
          client.send(spoilt(random));
        } catch (IOException _) {
          // Turned away: as good an answer as any.
        }
      }
      eventually("all are gone", () -> node.counters.connectionsOpen() == 0);
      try (Wire client = node.connect()) {
        assertThat(client.send(REQUESTS[0]).read().status()).isEqualTo(200);
      }
      assertThat(warnings.said()).isEmpty();
    }
  }
}
