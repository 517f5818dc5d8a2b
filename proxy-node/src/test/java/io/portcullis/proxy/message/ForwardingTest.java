package io.portcullis.proxy.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

@SuppressWarnings("StringConcatToTextBlock") // line ends are the subject
class ForwardingTest {

  private static final String PLAIN = "GET / HTTP/1.1\r\nHost: Meet.contoso.com:443\r\n";
  private static final String CLAIMS =
      "X-Forwarded-For: 10.1.1.1\r\n"
          + "x-FORWARDED-proto: gopher\r\n"
          + "X-Forwarded-Host: evil\r\n"
          + "X-Forwarded-Anything: x\r\n"
          + "Forwarded: for=10.1.1.1\r\n";
  private static final Forwarding APPENDED =
      new Forwarding(true, Networks.of(List.of("192.0.2.0/24", "2001:db8::/32")));

  private static String toMember(String head, Forwarding forwarding, String client)
      throws MessageRefused {
    byte[] bytes = (head + "\r\n").getBytes(ISO_8859_1);
    ParsedRequest request = new ParsedRequest();
    request.parse(bytes, bytes.length);
    request.tell(forwarding, InetAddress.ofLiteral(client), true);
    ByteBuf out = request.toMember(UnpooledByteBufAllocator.DEFAULT, false, false, 0);
    try {
      return out.toString(ISO_8859_1);
    } finally {
      out.release();
    }
  }

  private static String ours(String client, String node) {
    return "X-Forwarded-For: "
        + client
        + "\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: Meet.contoso.com:443\r\n"
        + "Forwarded: for="
        + node
        + ";proto=https;host=\"Meet.contoso.com:443\"\r\n";
  }

  @Test
  void usuallyNothingIsSaidAndNothingIsBelieved() throws MessageRefused {
    assertThat(toMember(PLAIN + CLAIMS, Forwarding.OFF, "192.0.2.7")).isEqualTo(PLAIN + "\r\n");
  }

  @Test
  void oursReplaceWhateverTheClientSays() throws MessageRefused {
    assertThat(toMember(PLAIN + CLAIMS, Forwarding.REPLACED, "192.0.2.7"))
        .isEqualTo(PLAIN + ours("192.0.2.7", "192.0.2.7") + "\r\n");
    assertThat(toMember(PLAIN, Forwarding.REPLACED, "2001:db8::7"))
        .isEqualTo(PLAIN + ours("2001:db8:0:0:0:0:0:7", "\"[2001:db8:0:0:0:0:0:7]\"") + "\r\n");
  }

  @Test
  void claimsOfSourcesThatAreNotNamedDoNotSurviveAppending() throws MessageRefused {
    assertThat(toMember(PLAIN + CLAIMS, APPENDED, "192.0.3.7"))
        .isEqualTo(PLAIN + ours("192.0.3.7", "192.0.3.7") + "\r\n");
  }

  @Test
  void oursComeBehindThoseOfNamedSources() throws MessageRefused {
    String told = toMember(PLAIN + CLAIMS, APPENDED, "192.0.2.7");
    assertThat(told)
        .startsWith(PLAIN + CLAIMS + "X-Forwarded-For: 192.0.2.7\r\nForwarded: for=192.0.2.7;")
        .doesNotContain("X-Forwarded-Proto: https")
        .doesNotContain("X-Forwarded-Host: Meet");
    assertThat(toMember(PLAIN, APPENDED, "192.0.2.7"))
        .isEqualTo(PLAIN + ours("192.0.2.7", "192.0.2.7") + "\r\n");
  }

  @Test
  void networksHoldTheirAddressesAndNoOthers() {
    Networks networks =
        Networks.of(List.of("192.0.2.128/25", "198.51.100.7", "2001:db8:8000::/33"));
    for (String in : List.of("192.0.2.128", "192.0.2.255", "198.51.100.7", "2001:db8:8000::1")) {
      assertThat(networks.contain(InetAddress.ofLiteral(in))).as(in).isTrue();
    }
    for (String out : List.of("192.0.2.127", "198.51.100.6", "2001:db8:7fff::1", "::c000:280")) {
      assertThat(networks.contain(InetAddress.ofLiteral(out))).as(out).isFalse();
    }
    assertThat(Networks.of(List.of("0.0.0.0/0")).contain(InetAddress.ofLiteral("8.8.8.8")))
        .isTrue();
    assertThat(Networks.NONE.contain(InetAddress.ofLiteral("8.8.8.8"))).isFalse();
  }
}
