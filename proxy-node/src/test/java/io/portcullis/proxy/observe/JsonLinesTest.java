package io.portcullis.proxy.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class JsonLinesTest {
  private final JsonLines lines = new JsonLines(() -> "edge-1", new LogClock(() -> 0, () -> 0));

  private String line(ConnectionFacts facts, Consumer<AccessRecord> filled) {
    AccessRecord one = new AccessRecord(facts, 0);
    filled.accept(one);
    LogBuffer out = new LogBuffer(16);
    lines.line(one, out);
    return new String(out.array(), 0, out.length(), StandardCharsets.ISO_8859_1);
  }

  private static ConnectionFacts facts(String host, int port) {
    return new ConnectionFacts("https", new InetSocketAddress(host, port), "TLSv1.3", "AES", true);
  }

  @Test
  void connectionsThatShareAPlaceKeepTheirOwnWords() {
    ConnectionFacts one = facts("192.0.2.7", 1);
    ConnectionFacts other = facts("192.0.2.8", 1 + 1024);
    for (int i = 0; i < 3; i++) {
      assertThat(line(one, _ -> {}))
          .contains(",\"listener\":\"https\",\"source\":\"192.0.2.7\",\"sourcePort\":1,\"tls\"");
      assertThat(line(other, _ -> {})).contains("\"source\":\"192.0.2.8\",\"sourcePort\":1025,");
    }
  }

  /// The next connection from the same address and port is another one.
  @Test
  void aPortThatIsUsedAgainIsAnotherConnection() {
    assertThat(line(facts("192.0.2.7", 5), _ -> {})).contains("\"resumed\":true");
    InetSocketAddress client = new InetSocketAddress("192.0.2.7", 5);
    assertThat(line(new ConnectionFacts("http", client, "", "", false), _ -> {}))
        .contains("\"listener\":\"http\",\"source\":\"192.0.2.7\",\"sourcePort\":5,")
        .doesNotContain("resumed", "tls");
  }

  /// These two have the same hash.
  @Test
  void namesThatShareAPlaceAreNotMixedUp() {
    ConnectionFacts facts = facts("192.0.2.7", 1);
    for (int i = 0; i < 3; i++) {
      assertThat(line(facts, one -> one.decided(1, "Aa"))).contains(",\"rule\":\"Aa\",");
      assertThat(line(facts, one -> one.decided(1, "BB"))).contains(",\"rule\":\"BB\",");
      assertThat(line(facts, one -> one.decided(1, "B\"B"))).contains(",\"rule\":\"B\\\"B\",");
    }
  }

  @Test
  void whatIsNotPrintableIsEscapedWhereverItStands() {
    for (String place : new String[] {"%s/a", "/a%sb", "/a%s"}) {
      for (int letter : new int[] {0x01, 0x1f, '"', '\\', 0x7f, 0x80, 0xff}) {
        AccessRecord one = new AccessRecord(facts("192.0.2.7", 1), 0);
        byte[] target =
            place.formatted(String.valueOf((char) letter)).getBytes(StandardCharsets.ISO_8859_1);
        byte[] raw = "GET ".getBytes(StandardCharsets.ISO_8859_1);
        one.line = new byte[raw.length + target.length];
        System.arraycopy(raw, 0, one.line, 0, raw.length);
        System.arraycopy(target, 0, one.line, raw.length, target.length);
        one.methodEnd = raw.length - 1;
        one.targetEnd = one.line.length;
        LogBuffer out = new LogBuffer(16);
        lines.line(one, out);
        String escape =
            letter == '"' || letter == '\\' ? "\\" + (char) letter : "\\u00%02x".formatted(letter);
        assertThat(new String(out.array(), 0, out.length(), StandardCharsets.ISO_8859_1))
            .contains("\"target\":\"" + place.formatted(escape) + "\"");
      }
    }
  }

  @Test
  void numbersAreWhole() {
    for (long number :
        new long[] {
          0, 9, 10, 99, 100, 12_345, Integer.MAX_VALUE, Integer.MAX_VALUE + 1L, Long.MAX_VALUE, -7
        }) {
      assertThat(line(facts("192.0.2.7", 1), one -> one.bytesOut = number))
          .contains("\"bytesOut\":" + number + ",");
    }
    assertThat(millis(0)).isEqualTo("0.000");
    assertThat(millis(999)).isEqualTo("0.000");
    assertThat(millis(1_000)).isEqualTo("0.001");
    assertThat(millis(45_678)).isEqualTo("0.045");
    assertThat(millis(999_999)).isEqualTo("0.999");
    assertThat(millis(12_345_678)).isEqualTo("12.345");
    assertThat(millis(3_600_000_000_000L)).isEqualTo("3600000.000");
  }

  private static String millis(long nanos) {
    LogBuffer out = new LogBuffer(1).millis(nanos);
    return new String(out.array(), 0, out.length(), StandardCharsets.ISO_8859_1);
  }
}
