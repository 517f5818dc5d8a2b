package io.portcullis.perf.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AnswerReaderTest {

  private final AnswerReader reader = new AnswerReader();

  /// Feeds the text in pieces of `size` bytes.
  private boolean read(String text, int size) throws BadAnswer {
    boolean done = false;
    for (int at = 0; at < text.length(); at += size) {
      ByteBuf piece =
          Unpooled.copiedBuffer(
              text.substring(at, Math.min(text.length(), at + size)), StandardCharsets.ISO_8859_1);
      assertThat(done).isFalse();
      done = reader.read(piece);
    }
    return done;
  }

  private static String crlf(String lines) {
    return lines.replace("\n", "\r\n");
  }

  @Test
  void everyCutOfAnAnswerReadsTheSame() throws BadAnswer {
    String plain = "HTTP/1.1 200 OK\r\ncontent-LENGTH: 5\r\nX-A: 1\r\nX-A: 2\r\n\r\nhello";
    String chunked =
        crlf(
            """
            HTTP/1.1 100 Continue

            HTTP/1.1 200 OK
            Transfer-Encoding: chunked
            X-A: 1
            X-A: 2

            3;x=y
            hel
            2
            lo
            0
            T: 1

            """);
    for (String text : new String[] {plain, chunked}) {
      for (int size = 1; size <= text.length(); size++) {
        reader.begin(true);
        assertThat(read(text, size)).isTrue();
        Answer answer = reader.answer();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("hello");
        assertThat(answer.values("x-a")).containsExactly("1", "2");
        assertThat(answer.reusable()).isTrue();
      }
    }
  }

  @Test
  void anAnswerWithoutLengthEndsWithTheConnection() throws BadAnswer {
    reader.begin(true);
    assertThat(read("HTTP/1.1 200 OK\r\n\r\nhello", 7)).isFalse();
    assertThat(reader.endsWithClose()).isTrue();
    assertThat(reader.answer().bodyBytes()).isEqualTo(5);
    assertThat(reader.answer().reusable()).isFalse();
  }

  @Test
  void noBodyFollows204And304AndLengthZero() throws BadAnswer {
    for (String start :
        new String[] {"204 No Content", "304 Not Modified", "200 OK\r\nContent-Length: 0"}) {
      reader.begin(false);
      assertThat(read("HTTP/1.1 " + start + "\r\nConnection: close\r\n\r\n", 1000)).isTrue();
      assertThat(reader.answer().reusable()).isFalse();
    }
  }

  @Test
  void brokenFramingIsNotAnAnswer() {
    for (String text :
        new String[] {
          "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n\r\n",
          "HTTP/1.1 abc OK\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n",
          "HTTP/1.1 200 OK\r\nX: " + "y".repeat(70_000)
        }) {
      reader.begin(false);
      assertThatThrownBy(() -> read(text, 4096)).isInstanceOf(BadAnswer.class);
    }
  }
}
