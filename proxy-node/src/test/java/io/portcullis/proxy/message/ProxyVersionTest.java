package io.portcullis.proxy.message;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxyVersionTest {

  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

  private static ByteBuf header(ProxyVersion version, String client, String listener) {
    return version.header(
        UnpooledByteBufAllocator.DEFAULT,
        new InetSocketAddress(client, 50_001),
        new InetSocketAddress(listener, 443));
  }

  @Test
  void lines() {
    assertThat(header(ProxyVersion.V1, "192.0.2.7", "203.0.113.1").toString(US_ASCII))
        .isEqualTo("PROXY TCP4 192.0.2.7 203.0.113.1 50001 443\r\n");
    assertThat(header(ProxyVersion.V1, "2001:db8::7", "2001:db8::1").toString(US_ASCII))
        .isEqualTo("PROXY TCP6 2001:db8:0:0:0:0:0:7 2001:db8:0:0:0:0:0:1 50001 443\r\n");
    assertThat(header(ProxyVersion.V1, "192.0.2.7", "2001:db8::1").toString(US_ASCII))
        .isEqualTo("PROXY TCP6 ::ffff:192.0.2.7 2001:db8:0:0:0:0:0:1 50001 443\r\n");
  }

  @Test
  void binary() {
    assertThat(ByteBufUtil.hexDump(header(ProxyVersion.V2, "192.0.2.7", "203.0.113.1")))
        .isEqualTo(SIGNATURE + "2111000cc0000207cb007101c35101bb");
    assertThat(ByteBufUtil.hexDump(header(ProxyVersion.V2, "192.0.2.7", "2001:db8::1")))
        .isEqualTo(
            SIGNATURE
                + "21210024"
                + "00000000000000000000ffffc0000207"
                + "20010db8000000000000000000000001"
                + "c35101bb");
  }

  @ParameterizedTest
  @CsvSource({"V1, PROXY UNKNOWN", "V2, QUIT", "OFF, ''"})
  void nobodyIsBehindAHeaderWithoutAddresses(ProxyVersion version, String said) {
    ByteBuf header = version.ofNobody(UnpooledByteBufAllocator.DEFAULT);
    assertThat(header.toString(US_ASCII)).contains(said);
    if (version != ProxyVersion.OFF) {
      assertThat(ProxyHeader.read(header))
          .isEqualTo(new ProxyHeader.Complete(header.readableBytes(), null));
    } else {
      assertThat(header.readableBytes()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({"192.0.2.7, 203.0.113.1", "2001:db8::7, 2001:db8::1", "192.0.2.7, ::1"})
  void whatIsWrittenIsRead(String client, String listener) {
    for (ProxyVersion version : new ProxyVersion[] {ProxyVersion.V1, ProxyVersion.V2}) {
      ByteBuf header = header(version, client, listener);
      assertThat(ProxyHeader.read(header))
          .isEqualTo(
              new ProxyHeader.Complete(
                  header.readableBytes(), new InetSocketAddress(client, 50_001)));
    }
  }
}
