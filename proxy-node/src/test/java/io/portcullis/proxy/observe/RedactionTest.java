package io.portcullis.proxy.observe;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedactionTest {

  @ParameterizedTest
  @CsvSource({
    "/, /",
    "/a/b.aspx, /a/b.aspx",
    "*, *",
    "/?, /?",
    "/?sl=1, /?sl=1",
    "/?SipUri=alice@contoso.com&lang=de, /?SipUri=alice@contoso.com&lang=de",
    "/?access_token=abc, /?access_token=*",
    "/?access_token=, /?access_token=",
    "/?abc, /?*",
    "/?a=1&&b=2&, /?a=*&&b=*&",
    "/?sl=1?x=2&y=3, /?sl=1?x=2&y=*",
    "/?s%6c=1, /?s%6c=*",
    "/?slx=1&s=2&xsl=3, /?slx=*&s=*&xsl=*",
    "/a;b=c/d;e?x, /a;*/d;*?*",
    "/(S(abc)F(def))/x(1)/(), /(*)/x(1)/()",
    "/x#access_token=a, /x#access_token=*",
    "http://h/a?b=c, http://h/a?b=*",
  })
  void onlyWhatIsKnownToBeHarmlessStays(String target, String expected) {
    byte[] bytes = ("GET " + target + "HOST").getBytes(ISO_8859_1);
    LogBuffer out = new LogBuffer(1);
    Redaction.write(bytes, 4, bytes.length - 4, out);
    assertThat(new String(out.array(), 0, out.length(), ISO_8859_1)).isEqualTo(expected);
  }
}
