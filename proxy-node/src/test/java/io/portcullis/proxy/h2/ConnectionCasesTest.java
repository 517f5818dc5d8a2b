package io.portcullis.proxy.h2;

import static io.portcullis.proxy.h2.Http2Client.frameBytes;
import static io.portcullis.proxy.h2.Http2Client.frames;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.Eventually;
import java.io.ByteArrayOutputStream;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 9113 §§3 to 7 and §10.5 as raw frames: type, flags, stream, payload in hexadecimal; `H` is the head of a plain GET.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConnectionCasesTest {

  private static final int FLOOD = 20_000;

  private Http2Farm farm;

  @BeforeAll
  void begin() throws Exception {
    farm = new Http2Farm(Http2Farm::hello);
  }

  @AfterAll
  void end() throws Exception {
    farm.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1 5 1 H                                   | 200 hello | GET in one frame (8.1)
          1 1 1 H / 9 4 1                           | 200 hello | an empty CONTINUATION may end a head (6.10)
          1 1 1 H / 9 0 1 00017801 / 9 4 1 31       | 200 hello | a head in three parts, cut inside a field (6.10)
          1 5 -2147483647 H                         | 200 hello | the reserved bit in front of a stream's number (4.1)
          22 0 0 00 / 1 5 1 H                       | 200 hello | unknown frame types are ignored (4.1)
          4 0 0 00ff00000001 / 1 5 1 H              | 200 hello | unknown settings are ignored (6.5.2)
          2 0 1 0000000010 / 1 5 1 H                | 200 hello | PRIORITY on an idle stream (6.3)
          8 0 0 00000001 / 1 5 1 H                  | 200 hello | WINDOW_UPDATE on the connection (6.9)
          1 5 1 H / 8 0 1 00000001                  | 200 hello | WINDOW_UPDATE on a stream (6.9)
          1 4 1 P / 0 0 1 7465 / 0 1 1 7374         | 200 hello | DATA in several frames (6.1)
          1 4 1 P / 0 9 1 0374657374000000          | 200 hello | padding of DATA (6.1)
          1 4 1 P / 0 9 1 0574657374                | goaway 1  | padding of DATA as long as the frame (6.1)
          0 0 0 00                                  | goaway 1  | DATA on stream 0 (6.1)
          0 0 1 00                                  | goaway 1  | DATA on an idle stream (5.1)
          1 5 0 H                                   | goaway 1  | HEADERS on stream 0 (6.2)
          1 5 2 H                                   | goaway 1  | an even stream (5.1.1)
          2 0 0 0000000010                          | goaway 1  | PRIORITY on stream 0 (6.3)
          2 0 1 0000000110                          | reset 1   | PRIORITY of a stream that depends on itself (RFC 7540 5.3.1)
          1 37 1 0000000110828684                   | goaway 1  | HEADERS of a stream that depends on itself (RFC 7540 5.3.1)
          1 4 1 P / 2 0 1 00000000                  | reset 6   | PRIORITY of four bytes (6.3)
          3 0 0 00000000                            | goaway 1  | RST_STREAM on stream 0 (6.4)
          3 0 1 00000000                            | goaway 1  | RST_STREAM on an idle stream (6.4)
          3 0 1 000000                              | goaway 6  | RST_STREAM of three bytes (6.4)
          1 4 1 P / 3 0 1 000000                    | goaway 6  | RST_STREAM of three bytes on an open stream (6.4)
          4 0 1                                     | goaway 1  | SETTINGS on a stream (6.5)
          4 1 0 00                                  | goaway 6  | an acknowledgement with payload (6.5)
          4 0 0 0000                                | goaway 6  | SETTINGS of two bytes (6.5)
          4 0 0 000200000002                        | goaway 1  | ENABLE_PUSH neither 0 nor 1 (6.5.2)
          4 0 0 000480000000                        | goaway 3  | INITIAL_WINDOW_SIZE above 2^31-1 (6.5.2)
          4 0 0 000500000064                        | goaway 1  | MAX_FRAME_SIZE below 2^14 (6.5.2)
          4 0 0 000501000000                        | goaway 1  | MAX_FRAME_SIZE above 2^24-1 (6.5.2)
          5 4 1 00000002                            | goaway 1  | PUSH_PROMISE of a client (8.4)
          6 0 1 0000000000000000                    | goaway 1  | PING on a stream (6.7)
          6 0 0 000000000000                        | goaway 6  | PING of six bytes (6.7)
          7 0 1 0000000000000000                    | goaway 1  | GOAWAY on a stream (6.8)
          8 0 0 000000                              | goaway 6  | WINDOW_UPDATE of three bytes (6.9)
          8 0 0 00000000                            | goaway 1  | WINDOW_UPDATE by nothing (6.9)
          8 0 0 7fffffff                            | goaway 3  | the connection's window above 2^31-1 (6.9.1)
          9 4 1                                     | goaway 1  | CONTINUATION without HEADERS (6.10)
          1 1 1 H / 9 4 0                           | goaway 1  | CONTINUATION on stream 0 (6.10)
          1 1 1 H / 9 0 1 0001780131 / 0 1 1 00     | goaway 1  | DATA behind a CONTINUATION that ends no head (6.10)
          1 1 1 H / 9 4 1 / 9 4 1                   | goaway 1  | CONTINUATION behind the end of a head (6.10)
          1 1 1 H / 2 0 1 0000000010                | goaway 1  | PRIORITY in the middle of a head (4.3)
          1 1 1 H / 1 5 3 H                         | goaway 1  | HEADERS of another stream in the middle of a head (4.3)
          1 1 1 H / 22 0 0 0000000000000000         | goaway 1  | an unknown frame in the middle of a head (5.5)
          1 1 1 H / 0 1 1 00                        | goaway 1  | DATA in the middle of a head (6.10)
          1 1 1 H / 9 4 3                           | goaway 1  | CONTINUATION of another stream (6.10)
          1 5 1 ffffffffff                          | goaway 9  | a head that HPACK cannot read (4.3)
          1 5 1 40                                  | goaway 9  | a head that is cut off inside a field (4.3)
          1 13 1 ff00                               | goaway 1  | padding longer than the frame (6.2)
          """)
  void framesAreTakenOrRefused(String script, String outcome, String why) throws Exception {
    try (Http2Client client = farm.client()) {
      client.raw(frames(script));
      assertThat(client.outcome(1)).as(why).isEqualTo(outcome);
    }
  }

  /// What stands around the block of a head (RFC 9113 §6.2): length of the padding, a dependency, the padding itself.
  @ParameterizedTest
  @CsvSource({
    "13, 08, 0000000000000000",
    "37, 0000000010, ''",
    "37, 80000000ff, ''",
    "45, 020000000010, 0000"
  })
  void aHeadMayHavePaddingAndPriority(int flags, String before, String behind) throws Exception {
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    payload.writeBytes(HexFormat.of().parseHex(before));
    payload.writeBytes(Http2Client.block(Http2Farm.get("/")));
    payload.writeBytes(HexFormat.of().parseHex(behind));
    try (Http2Client client = farm.client()) {
      client.raw(frameBytes(Http2Client.HEADERS, flags, 1, payload.toByteArray()));
      assertThat(client.outcome(1)).isEqualTo("200 hello");
    }
  }

  @Test
  void paddingIsNoPartOfTheBody() throws Exception {
    List<String> put =
        List.of(
            ":method: PUT",
            ":scheme: https",
            ":authority: web.contoso.com",
            ":path: /padded",
            "content-length: 6");
    try (Http2Client client = farm.client()) {
      client
          .request(1, false, put)
          .raw(frames("0 8 1 036162630000ff / 0 8 1 0064 / 0 9 1 01656600"));
      assertThat(client.outcome(1)).isEqualTo("200 hello");
    }
    assertThat(farm.member.requests.getLast())
        .startsWith("PUT /padded ")
        .endsWith("\r\n\r\nabcdef");
  }

  /// RFC 9113 §4.2: 2^14 bytes must be taken, and we take no more.
  @ParameterizedTest
  @CsvSource({
    "0, 16384, 200 hello",
    "0, 16385, goaway 6",
    "1, 16385, goaway 6",
    "9, 16385, goaway 6"
  })
  void framesAreTakenUpToTheLimit(int type, int length, String outcome) throws Exception {
    try (Http2Client client = farm.client()) {
      client.raw(frames(type == Http2Client.CONTINUATION ? "1 0 1 P" : "1 4 1 P"));
      client.raw(frameBytes(type, 5, 1, new byte[length]));
      assertThat(client.outcome(1)).isEqualTo(outcome);
    }
  }

  /// The server's preface is the first that it says (RFC 9113 §3.4), and every SETTINGS is acknowledged, in order (§6.5.3).
  @Test
  void settingsComeFirstAndAreAcknowledged() throws Exception {
    try (Http2Client client = farm.client()) {
      Http2Client.Frame first = client.next();
      assertThat(List.of(first.type(), first.flags(), first.stream()))
          .containsExactly(Http2Client.SETTINGS, 0, 0);
      client.raw(
          frames(
              "4 0 0 000100001000000200000001000300000064000400000fff000500004000000600000064 / 6 0 0 0000000000000000"));
      int acknowledged = 0;
      Http2Client.Frame next = client.next();
      for (; next.type() != Http2Client.PING; next = client.next()) {
        boolean ack = next.type() == Http2Client.SETTINGS && next.flags() == Http2Client.ACK;
        assertThat(ack || next.type() == Http2Client.WINDOW_UPDATE).as("%s", next).isTrue();
        acknowledged += ack ? 1 : 0;
      }
      assertThat(acknowledged).as("the greeting, and this one").isEqualTo(2);
    }
  }

  /// Undefined flags and the reserved bit are not looked at (RFC 9113 §4.1), and what is an answer itself is not answered (§6.7).
  @ParameterizedTest
  @ValueSource(
      strings = {
        "6 0 0 0102030405060708",
        "6 22 0 0102030405060708",
        "6 22 -2147483648 0102030405060708",
        "6 1 0 ffffffffffffffff / 6 0 0 0102030405060708"
      })
  void aPingIsEchoed(String script) throws Exception {
    try (Http2Client client = farm.client()) {
      client.raw(frames(script));
      Http2Client.Frame pong = client.nextOfInterest();
      assertThat(pong.type()).isEqualTo(Http2Client.PING);
      assertThat(pong.flags()).isEqualTo(Http2Client.ACK);
      assertThat(pong.payload()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: web.contoso.com\r\n\r\n",
        "PRI * HTTP/1.1\r\n\r\nSM\r\n\r\n"
      })
  void somethingElseThanAPrefaceEndsTheConnection(String text) throws Exception {
    try (Http2Client client =
        new Http2Client(farm.node.address(), farm.trust(), Http2Farm.NAME, "h2")) {
      client.raw(text.getBytes(ISO_8859_1));
      assertThat(client.outcome(1)).isIn("goaway 1", "closed");
      assertThat(client.outcome(1)).isEqualTo("closed");
    }
  }

  /// RFC 9113 §5.4.1: first GOAWAY, then the end.
  @Test
  void anErrorOfTheConnectionClosesIt() throws Exception {
    try (Http2Client client = farm.client()) {
      client.raw(frames("6 0 3 0000000000000000"));
      assertThat(client.outcome(1)).isEqualTo("goaway 1");
      assertThat(client.outcome(1)).isEqualTo("closed");
    }
  }

  /// Whatever the reason is that it gives (RFC 9113 §6.8, §7): what runs is finished, then the connection closes.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "7 0 0 0000000000000000627965",
        "7 0 0 00000000000000ff",
        "7 0 0 0000000000000000 / 7 0 0 0000000000000000"
      })
  void aClientThatSaysGoodbyeIsLetGo(String farewell) throws Exception {
    try (Http2Client client = farm.client()) {
      client.raw(frames("1 5 1 H / " + farewell));
      assertThat(client.outcome(1)).isEqualTo("goaway 0");
      assertThat(client.outcome(1)).isEqualTo("200 hello");
      assertThat(client.outcome(1)).isEqualTo("closed");
    }
  }

  /// One frame, over and over: the connection ends, and ends soon.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          6 0 0 0000000000000000 | PING (CVE-2019-9512)
          4 0 0                  | SETTINGS (CVE-2019-9515)
          8 0 0 00000001         | WINDOW_UPDATE
          2 0 1 0000000010       | PRIORITY (CVE-2019-9513)
          99 0 0                 | unknown frames
          """)
  void floodsEndTheConnection(String frame, String why) throws Exception {
    byte[] flood = frames(String.join(" / ", Collections.nCopies(FLOOD, frame)));
    try (Http2Client client = farm.client()) {
      Thread.ofVirtual().start(() -> write(client, flood));
      assertThat(client.outcome(1)).as(why).isIn("goaway 11", "closed");
    }
  }

  /// The answers to its pings fill every buffer on the way, GOAWAY cannot leave, and the connection goes all the same.
  @Test
  void aFloodingClientThatDoesNotReadIsNotWaitedFor() throws Exception {
    byte[] flood = frames(String.join(" / ", Collections.nCopies(FLOOD, "6 0 0 0000000000000000")));
    try (Http2Client client = farm.client()) {
      AtomicBoolean gone = new AtomicBoolean();
      Thread.ofVirtual()
          .start(() -> {
            boolean open = true;
            while (open) {
              open = client.writes(flood);
            }
            gone.set(true);
          });
      Eventually.eventually("writing fails", gone::get);
    }
  }

  private static void write(Http2Client client, byte[] bytes) {
    try {
      client.raw(bytes);
    } catch (java.io.IOException _) {
      // The connection has ended.
    }
  }

  @Test
  void emptyDataEndsTheConnection() throws Exception {
    try (Http2Client client = farm.client()) {
      client.request(1, false, Http2Farm.get("/"));
      byte[] flood = frames(String.join(" / ", Collections.nCopies(FLOOD, "0 0 1")));
      Thread.ofVirtual().start(() -> write(client, flood));
      assertThat(client.outcome(3)).isIn("goaway 11", "closed");
    }
  }

  @Test
  void rapidResetEndsTheConnection() throws Exception {
    ByteArrayOutputStream flood = new ByteArrayOutputStream();
    byte[] head = Http2Client.block(Http2Farm.get("/"));
    for (int stream = 1; stream < 4000; stream += 2) {
      flood.writeBytes(frameBytes(Http2Client.HEADERS, 5, stream, head));
      flood.writeBytes(frameBytes(Http2Client.RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8}));
    }
    try (Http2Client client = farm.client()) {
      Thread.ofVirtual().start(() -> write(client, flood.toByteArray()));
      assertThat(client.outcome(9999)).isIn("goaway 11", "closed");
    }
  }

  @Test
  void continuationFloodEndsTheConnection() throws Exception {
    String script = "1 1 1 H / " + String.join(" / ", Collections.nCopies(FLOOD, "9 0 1"));
    byte[] flood = frames(script);
    try (Http2Client client = farm.client()) {
      Thread.ofVirtual().start(() -> write(client, flood));
      assertThat(client.outcome(1)).isIn("goaway 11", "closed");
    }
  }

  @Test
  void headsAboveTheLimitAreRefused() throws Exception {
    List<String> lines = new java.util.ArrayList<>(Http2Farm.get("/"));
    for (int i = 0; i < 12; i++) {
      lines.add("x-" + i + ": " + "a".repeat(8000));
    }
    byte[] block = Http2Client.block(lines);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    int most = 16 * 1024;
    for (int at = 0; at < block.length; at += most) {
      byte[] part = java.util.Arrays.copyOfRange(block, at, Math.min(block.length, at + most));
      boolean last = at + most >= block.length;
      int type = at == 0 ? Http2Client.HEADERS : Http2Client.CONTINUATION;
      all.writeBytes(frameBytes(type, (at == 0 ? 1 : 0) | (last ? 4 : 0), 1, part));
    }
    try (Http2Client client = farm.client()) {
      client.raw(all.toByteArray());
      assertThat(client.outcome(1)).isIn("431", "reset 1", "reset 11", "goaway 11", "goaway 1");
    }
  }
}
