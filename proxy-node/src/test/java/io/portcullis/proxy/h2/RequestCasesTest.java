package io.portcullis.proxy.h2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// RFC 9113 §8 as cases: heads that are well formed or not, and what of them reaches a member of HTTP/1.1.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RequestCasesTest {

  private Http2Farm farm;

  @BeforeAll
  void begin() throws Exception {
    farm = new Http2Farm(Http2Farm::hello);
  }

  @AfterAll
  void end() throws Exception {
    farm.close();
  }

  private static String unescaped(String text) {
    return text.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0").replace("\\t", "\t");
  }

  /// `U` stands for the usual four pseudo headers. The body, if any, is sent in one DATA frame.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      ignoreLeadingAndTrailingWhitespace = true,
      textBlock =
          """
          U                                                       |       | 200 hello
          U ; x-test: 1                                           |       | 200 hello
          U ; te: trailers                                        |       | 200 hello
          U ; host: web.contoso.com                               |       | 200 hello
          U ; host: WEB.contoso.com                               |       | 200 hello
          U ; content-length: 3                                   | abc   | 200 hello
          U                                                       | abc   | 200 hello
          :method: GET ; :scheme: https ; :path: / ; host: web.contoso.com |  | 200 hello
          :method: HEAD ; :scheme: https ; :path: / ; :authority: web.contoso.com |  | 200
          :method: OPTIONS ; :scheme: https ; :path: * ; :authority: web.contoso.com |  | 200 hello
          U ; cookie: a=1 ; cookie: b=2                           |       | 200 hello
          U ; X-Test: 1                                           |       | reset 1
          U ; x test: 1                                           |       | reset 1
          U ; x:test: 1                                           |       | reset 1
          U ; :foo: 1                                             |       | reset 1
          U ; :status: 200                                        |       | reset 1
          x-test: 1 ; U                                           |       | reset 1
          :method: GET ; :scheme: https ; :authority: web.contoso.com ; x: 1 ; :path: / | | reset 1
          U ; :method: POST                                       |       | reset 1
          U ; :path: /other                                       |       | reset 1
          U ; :scheme: https                                      |       | reset 1
          U ; :authority: lync.contoso.com                        |       | reset 1
          :scheme: https ; :path: / ; :authority: web.contoso.com |       | reset 1
          :method: GET ; :path: / ; :authority: web.contoso.com   |       | reset 1
          :method: GET ; :scheme: https ; :authority: web.contoso.com |   | reset 1
          :method: GET ; :scheme: https ; :path:  ; :authority: web.contoso.com | | reset 1
          :method: GET ; :scheme: https ; :path: / ; x: 1         |       | reset 1
          :method: GET ; :scheme: http ; :path: / ; :authority: web.contoso.com | | reset 1
          :method: GET ; :scheme: https ; :path: /a b ; :authority: web.contoso.com | | reset 1
          :method: GET ; :scheme: https ; :path: /\\r\\nX: 1 ; :authority: web.contoso.com | | reset 1
          :method: G ET ; :scheme: https ; :path: / ; :authority: web.contoso.com | | reset 1
          :method: GET ; :scheme: https ; :path: / HTTP/1.1\\r\\nHost: x ; :authority: web.contoso.com | | reset 1
          :method: GET ; :scheme: https ; :path: / ; :authority: web.contoso.com\\r\\nX: 1 | | reset 1
          :method: GET ; :scheme: https ; :path: / ; :authority: a@web.contoso.com | | 421
          :method: GET ; :scheme: https ; :path: x ; :authority: web.contoso.com | | 400
          U ; connection: close                                   |       | reset 1
          U ; connection: x-test                                  |       | reset 1
          U ; keep-alive: timeout=5                               |       | reset 1
          U ; proxy-connection: keep-alive                        |       | reset 1
          U ; transfer-encoding: chunked                          | abc   | reset 1
          U ; upgrade: websocket                                  |       | reset 1
          U ; te: gzip                                            |       | reset 1
          U ; te: trailers, deflate                               |       | reset 1
          U ; x: a\\rb                                            |       | reset 1
          U ; x: a\\nb                                            |       | reset 1
          U ; x: a\\r\\nTransfer-Encoding: chunked                |       | reset 1
          U ; x: a\\0b                                            |       | reset 1
          U ; x\\r\\ny: 1                                         |       | reset 1
          U ; x: \\ta                                             |       | reset 1
          U ; host: lync.contoso.com                              |       | reset 1
          U ; host: web.contoso.com ; host: web.contoso.com       |       | reset 1
          U ; content-length: 3                                   |       | reset 1
          U ; content-length: 2                                   | abc   | reset 1
          U ; content-length: 4                                   | abc   | reset 1
          U ; content-length: 3 ; content-length: 3               | abc   | 200 hello
          U ; content-length: 3, 3                                | abc   | 200 hello
          U ; content-length: +3                                  | abc   | reset 1
          U ; content-length: 9999999999999999999                 | abc   | reset 1
          U ; authorization: NTLM TlRMTVNTAAAB                    |       | reset 13
          U ; authorization: negotiate YII                        |       | reset 13
          U ; authorization: Basic YTpi                           |       | 200 hello
          U ; expect: 200-ok                                      |       | 417
          :method: GET ; :scheme: https ; :path: / ; :authority: lync.contoso.com | | 421
          :method: GET ; :scheme: https ; :path: / ; :authority: other.example    | | 421
          :method: CONNECT ; :scheme: https ; :path: / ; :authority: web.contoso.com | | 501
          """)
  void headsAreTakenOrRefused(String head, String body, String outcome) throws Exception {
    List<String> lines =
        Arrays.stream(head.replace("U", String.join(" ; ", Http2Farm.get("/"))).split(" ; "))
            .map(RequestCasesTest::unescaped)
            .toList();
    int before = farm.member.requests.size();
    try (Http2Client client = farm.client()) {
      client.request(1, body == null, lines);
      if (body != null) {
        client.data(1, true, body.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      }
      String first = client.outcome(1).lines().findFirst().orElse("");
      assertThat(first.startsWith("4") || first.startsWith("5") ? first.substring(0, 3) : first)
          .isEqualTo(outcome);
      // Netty takes the body of a stream that never came to be for an error of the connection.
      boolean mayGoOn = body == null || !outcome.startsWith("reset");
      if (mayGoOn) {
        client.request(3, true, Http2Farm.get("/next"));
        assertThat(client.outcome(3)).isEqualTo("200 hello");
      }
    }
    // Never more than the one that was asked for, and the next.
    assertThat(farm.member.requests.size() - before).isLessThanOrEqualTo(2);
  }

  /// The length is that of all DATA together (RFC 9113 §8.1.1).
  @ParameterizedTest
  @CsvSource({"8, 200 hello", "4, reset 1", "9, reset 1"})
  void aLengthIsThatOfAllFrames(int length, String outcome) throws Exception {
    List<String> head = new ArrayList<>(Http2Farm.get("/"));
    head.add("content-length: " + length);
    try (Http2Client client = farm.client()) {
      client.request(1, false, head).raw(Http2Client.frames("0 0 1 61626364 / 0 1 1 65666768"));
      assertThat(client.outcome(1)).isEqualTo(outcome);
    }
  }
}
