package io.portcullis.proxy.h2;

import static io.portcullis.proxy.h2.Http2Client.frameBytes;
import static io.portcullis.proxy.h2.Http2Client.frames;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.Eventually;
import java.util.Collections;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
          1 37 1 00                                 | skip      | priority fields are allowed (6.2)
          22 0 0 00 / 1 5 1 H                       | 200 hello | unknown frame types are ignored (4.1)
          4 0 0 00ff00000001 / 1 5 1 H              | 200 hello | unknown settings are ignored (6.5.2)
          2 0 1 0000000010 / 1 5 1 H                | 200 hello | PRIORITY on an idle stream (6.3)
          8 0 0 00000001 / 1 5 1 H                  | 200 hello | WINDOW_UPDATE on the connection (6.9)
          0 0 0 00                                  | goaway 1  | DATA on stream 0 (6.1)
          0 0 1 00                                  | goaway 1  | DATA on an idle stream (5.1)
          1 5 0 H                                   | goaway 1  | HEADERS on stream 0 (6.2)
          1 5 2 H                                   | goaway 1  | an even stream (5.1.1)
          3 0 0 00000000                            | goaway 1  | RST_STREAM on stream 0 (6.4)
          3 0 1 00000000                            | goaway 1  | RST_STREAM on an idle stream (6.4)
          3 0 1 000000                              | goaway 6  | RST_STREAM of three bytes (6.4)
          4 0 1                                     | goaway 1  | SETTINGS on a stream (6.5)
          4 1 0 00                                  | goaway 6  | an acknowledgement with payload (6.5)
          4 0 0 0000                                | goaway 6  | SETTINGS of two bytes (6.5)
          4 0 0 000200000002                        | goaway 1  | ENABLE_PUSH neither 0 nor 1 (6.5.2)
          4 0 0 000480000000                        | goaway 3  | INITIAL_WINDOW_SIZE above 2^31-1 (6.5.2)
          4 0 0 000500000064                        | goaway 1  | MAX_FRAME_SIZE below 2^14 (6.5.2)
          5 4 1 00000002                            | goaway 1  | PUSH_PROMISE of a client (8.4)
          6 0 1 0000000000000000                    | goaway 1  | PING on a stream (6.7)
          6 0 0 000000000000                        | goaway 6  | PING of six bytes (6.7)
          7 0 1 0000000000000000                    | goaway 1  | GOAWAY on a stream (6.8)
          8 0 0 000000                              | goaway 6  | WINDOW_UPDATE of three bytes (6.9)
          8 0 0 00000000                            | goaway 1  | WINDOW_UPDATE by nothing (6.9)
          8 0 0 7fffffff                            | goaway 3  | the connection's window above 2^31-1 (6.9.1)
          9 4 1                                     | goaway 1  | CONTINUATION without HEADERS (6.10)
          1 1 1 H / 0 1 1 00                        | goaway 1  | DATA in the middle of a head (6.10)
          1 1 1 H / 9 4 3                           | goaway 1  | CONTINUATION of another stream (6.10)
          1 5 1 ffffffffff                          | goaway 9  | a head that HPACK cannot read (4.3)
          1 13 1 ff00                               | goaway 1  | padding longer than the frame (6.2)
          """)
  void framesAreTakenOrRefused(String script, String outcome, String why) throws Exception {
    if (outcome.equals("skip")) {
      byte[] head = Http2Client.block(Http2Farm.get("/"));
      byte[] payload = new byte[head.length + 5];
      payload[4] = 16;
      System.arraycopy(head, 0, payload, 5, head.length);
      try (Http2Client client = farm.client()) {
        client.raw(frameBytes(Http2Client.HEADERS, 0x25, 1, payload));
        assertThat(client.outcome(1)).as(why).isEqualTo("200 hello");
      }
      return;
    }
    try (Http2Client client = farm.client()) {
      client.raw(frames(script));
      assertThat(client.outcome(1)).as(why).isEqualTo(outcome);
    }
  }

  @Test
  void framesAboveTheLimitAreRefused() throws Exception {
    try (Http2Client client = farm.client()) {
      client.raw(frameBytes(Http2Client.HEADERS, 5, 1, new byte[16 * 1024 + 1]));
      assertThat(client.outcome(1)).isEqualTo("goaway 6");
    }
  }

  @Test
  void aPingIsEchoed() throws Exception {
    try (Http2Client client = farm.client()) {
      client.raw(frames("6 0 0 0102030405060708"));
      Http2Client.Frame pong = client.nextOfInterest();
      assertThat(pong.type()).isEqualTo(Http2Client.PING);
      assertThat(pong.flags()).isEqualTo(Http2Client.ACK);
      assertThat(pong.payload()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    }
  }

  @Test
  void somethingElseThanAPrefaceEndsTheConnection() throws Exception {
    try (Http2Client client =
        new Http2Client(farm.node.address(), farm.trust(), Http2Farm.NAME, "h2")) {
      client.raw("GET / HTTP/1.1\r\nHost: web.contoso.com\r\n\r\n".getBytes(ISO_8859_1));
      assertThat(client.outcome(1)).isIn("goaway 1", "closed");
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
    java.io.ByteArrayOutputStream flood = new java.io.ByteArrayOutputStream();
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
    java.util.List<String> lines = new java.util.ArrayList<>(Http2Farm.get("/"));
    for (int i = 0; i < 12; i++) {
      lines.add("x-" + i + ": " + "a".repeat(8000));
    }
    byte[] block = Http2Client.block(lines);
    java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
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
