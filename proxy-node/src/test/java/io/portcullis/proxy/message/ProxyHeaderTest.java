package io.portcullis.proxy.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyHeaderTest {

  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

  private static ProxyHeader line(String text) {
    return ProxyHeader.read(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
  }

  private static ProxyHeader binary(String hex) {
    return ProxyHeader.read(Unpooled.wrappedBuffer(HexFormat.of().parseHex(SIGNATURE + hex)));
  }

  private static @Nullable InetSocketAddress client(ProxyHeader header) {
    return ((ProxyHeader.Complete) header).client();
  }

  @Test
  void linesNameTheClient() {
    ProxyHeader four = line("PROXY TCP4 192.0.2.7 203.0.113.1 50001 443\r\nGET /");
    assertThat(client(four)).isEqualTo(new InetSocketAddress("192.0.2.7", 50_001));
    assertThat(((ProxyHeader.Complete) four).length()).isEqualTo(44);
    assertThat(client(line("PROXY TCP6 2001:db8::7 2001:db8::1 1 443\r\n")))
        .isEqualTo(new InetSocketAddress("2001:db8::7", 1));
    assertThat(client(line("PROXY UNKNOWN\r\n"))).isNull();
    assertThat(client(line("PROXY UNKNOWN ffff:f...f:ffff x 65535 65535\r\n"))).isNull();
  }

  @Test
  void binaryHeadersNameTheClient() {
    ProxyHeader four = binary("2111000cc0000207cb007101c35101bb");
    assertThat(client(four)).isEqualTo(new InetSocketAddress("192.0.2.7", 50_001));
    assertThat(((ProxyHeader.Complete) four).length()).isEqualTo(28);
    String six = "20010db8000000000000000000000007" + "20010db8000000000000000000000001";
    assertThat(client(binary("21210024" + six + "000101bb")))
        .isEqualTo(new InetSocketAddress("2001:db8::7", 1));
    assertThat(client(binary("20000000"))).as("LOCAL").isNull();
    assertThat(client(binary("21310000"))).as("a socket of the balancer's machine").isNull();
    assertThat(((ProxyHeader.Complete) binary("2111000fc0000207cb007101c35101bb040000")).length())
        .as("extensions are skipped")
        .isEqualTo(31);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\n",
        "proxy TCP4 192.0.2.7 203.0.113.1 50001 443\r\n",
        "PROXY TCP4 192.0.2.7 203.0.113.1 50001 443\n",
        "PROXY TCP4 192.0.2.7 203.0.113.1 50001\r\n",
        "PROXY TCP4 192.0.2.7 203.0.113.1 50001 443 1\r\n",
        "PROXY TCP4  192.0.2.7 203.0.113.1 50001 443\r\n",
        "PROXY TCP4 2001:db8::7 2001:db8::1 50001 443\r\n",
        "PROXY TCP6 192.0.2.7 203.0.113.1 50001 443\r\n",
        "PROXY TCP4 192.0.2.700 203.0.113.1 50001 443\r\n",
        "PROXY TCP4 localhost 203.0.113.1 50001 443\r\n",
        "PROXY TCP4 192.0.2.7 203.0.113.1 65536 443\r\n",
        "PROXY TCP4 192.0.2.7 203.0.113.1 -1 443\r\n",
        "PROXY UDP4 192.0.2.7 203.0.113.1 1 443\r\n",
        "PROXY \r\n",
        "PROXY TCP4 192.0.2.7\0 203.0.113.1 1 443\r\n"
      })
  void whatIsNoHeaderIsRefused(String text) {
    assertThat(line(text)).isInstanceOf(ProxyHeader.Refused.class);
  }

  @ParameterizedTest
  @CsvSource({
    "1111000cc0000207cb007101c35101bb, an unknown version",
    "2211000cc0000207cb007101c35101bb, an unknown command",
    "21110008c0000207cb007101, too short for its addresses",
    "2111ffff, longer than anybody needs"
  })
  void binaryHeadersThatMakeNoSenseAreRefused(String hex, String why) {
    assertThat(binary(hex)).as(why).isInstanceOf(ProxyHeader.Refused.class);
  }

  @Test
  void everyCutIsIncompleteAndNoneIsTakenForMore() {
    String[] whole = {
      "PROXY TCP4 192.0.2.7 203.0.113.1 50001 443\r\n",
      new String(
          HexFormat.of().parseHex(SIGNATURE + "2111000cc0000207cb007101c35101bb"),
          StandardCharsets.ISO_8859_1)
    };
    for (String header : whole) {
      for (int i = 0; i < header.length(); i++) {
        assertThat(line(header.substring(0, i)))
            .as("the first %d", i)
            .isInstanceOf(ProxyHeader.Incomplete.class);
      }
      assertThat(line(header)).isInstanceOf(ProxyHeader.Complete.class);
    }
    assertThat(line("PROXY " + "x".repeat(ProxyHeader.MOST_BYTES)))
        .isInstanceOf(ProxyHeader.Refused.class);
  }

  /// Seeded: a failure comes again.
  @Test
  void mutilatedHeadersNeitherThrowNorReadBeyondTheirEnd() {
    SplittableRandom random = new SplittableRandom(7);
    byte[][] seeds = {
      "PROXY TCP4 192.0.2.7 203.0.113.1 50001 443\r\n".getBytes(StandardCharsets.US_ASCII),
      "PROXY TCP6 2001:db8::7 2001:db8::1 1 443\r\n".getBytes(StandardCharsets.US_ASCII),
      HexFormat.of().parseHex(SIGNATURE + "2111000cc0000207cb007101c35101bb"),
      HexFormat.of().parseHex(SIGNATURE + "21210024" + "20010db8".repeat(8) + "000101bb")
    };
    for (int round = 0; round < 200_000; round++) {
      byte[] bytes = seeds[random.nextInt(seeds.length)].clone();
      for (int changes = random.nextInt(4); changes >= 0; changes--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      ByteBuf in = Unpooled.wrappedBuffer(bytes, 0, random.nextInt(bytes.length + 1));
      if (ProxyHeader.read(in) instanceof ProxyHeader.Complete complete) {
        assertThat(complete.length()).isBetween(15, in.readableBytes());
      }
      assertThat(in.readerIndex()).isZero();
    }
  }
}
