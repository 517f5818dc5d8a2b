package io.portcullis.proxy.h2;

import static io.portcullis.proxy.h2.Http2Client.frames;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The states of a stream and flow control, by the sections of RFC 9113 that public conformance suites go through. Where the RFC leaves a choice, the outcome is the one that this node made.
class StateCasesTest {

  private static final int DATA = 0;

  private static @Nullable Http2Farm shared;

  @BeforeAll
  static void begin() throws Exception {
    shared = new Http2Farm(Http2Farm::hello);
  }

  @AfterAll
  static void end() throws Exception {
    farm().close();
  }

  private static Http2Farm farm() {
    Http2Farm farm = shared;
    if (farm == null) {
      throw new IllegalStateException("not begun");
    }
    return farm;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          8 0 1 00000064                            | goaway 1  | idle: WINDOW_UPDATE (5.1)
          1 5 1 H / 0 0 1 00                        | reset 5   | half-closed (remote): DATA (5.1)
          1 5 1 H / 1 5 1 H                         | reset 5   | half-closed (remote): HEADERS (5.1)
          1 5 1 H / 9 4 1 H                         | goaway 1  | half-closed (remote): CONTINUATION (5.1)
          1 4 1 P / 3 0 1 00000008 / 0 1 1 00       | reset 5   | closed by RST_STREAM: DATA (5.1)
          1 4 1 P / 3 0 1 00000008 / 1 5 1 H        | reset 5   | closed by RST_STREAM: HEADERS (5.1)
          1 4 1 P / 3 0 1 00000008 / 9 4 1 H        | goaway 1  | closed by RST_STREAM: CONTINUATION (5.1)
          9 4 1 H                                   | goaway 1  | idle: CONTINUATION (5.1)
          4 0 0 000400000000 / 1 5 1 H / 2 0 1 00000000ff / 8 0 1 00000005 | 200 hello | half-closed (remote): PRIORITY, WINDOW_UPDATE (5.1)
          1 4 5 P / 1 5 3 H                         | goaway 1  | a stream number that is not larger (5.1.1)
          1 5 4097 H / 1 5 2051 H                   | goaway 1  | nor if many were skipped (5.1.1)
          1 4 5 P / 0 0 3 00                        | goaway 1  | DATA on a number that was skipped (5.1.1)
          1 4 1 P / 8 0 1 00000000                  | reset 1   | a stream's window by nothing (6.9)
          1 4 1 P / 8 0 1 7fffffff                  | reset 3   | a stream's window above 2^31-1 (6.9.1)
          1 4 1 P / 1 4 1 0001780131                | reset 1   | a second head that does not end the stream (8.1)
          1 4 1 P / 0 0 1 74657374 / 1 4 1 0001780131 | reset 1 | nor behind DATA (8.1)
          1 4 1 P / 1 5 1 000178023131              | 200 hello | trailers (8.1)
          1 4 1 P / 0 0 1 74657374 / 1 5 1 000178023131 | 200 hello | trailers behind DATA (8.1)
          1 4 1 P / 0 0 1 74657374 / 1 4 1 00053a70617468012f | reset 1 | a pseudo field in a second head (8.3)
          1 4 1 P / 1 5 1 00053a70617468012f        | reset 1   | a pseudo field in trailers (8.3)
          1 4 1 P / 1 5 1 0001580131                | reset 1   | an upper case name in trailers (8.2.1)
          4 0 0 000400000001 / 4 0 0 000400010000 / 1 5 1 H | 200 hello | the last of several settings holds (6.5.3)
          """)
  void statesAreKept(String script, String outcome, String why) throws Exception {
    try (Http2Client client = farm().client()) {
      client.raw(frames(script));
      assertThat(client.outcome(1)).as(why).isEqualTo(outcome);
    }
  }

  /// A stream that both sides have ended (RFC 9113 §5.1): its client knows that, and a frame of the request is a mistake of the connection.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0 1 1 74657374     | goaway 5
          1 5 1 H            | goaway 5
          9 4 1 H            | goaway 1
          2 0 1 00000000ff   | 200 hello
          8 0 1 00000001     | 200 hello
          3 0 1 00000008     | 200 hello
          """)
  void framesBehindTheEndOfAStream(String late, String outcome) throws Exception {
    try (Http2Client client = farm().client()) {
      client.raw(frames("1 5 1 H"));
      assertThat(client.outcome(1)).isEqualTo("200 hello");
      client.raw(frames(late + " / 1 5 3 H"));
      assertThat(client.outcome(3)).isEqualTo(outcome);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1 5 1 H / 3 0 1 00000008                  | half-closed (remote): RST_STREAM (5.1)
          1 4 1 P / 3 0 1 00000008                  | open: RST_STREAM (6.4)
          1 4 1 P / 3 0 1 000000ff                  | RST_STREAM with an unknown code (7)
          1 4 1 P / 3 0 1 00000008 / 2 0 1 00000000ff / 8 0 1 00000001 | closed: PRIORITY, WINDOW_UPDATE (5.1)
          1 4 1 0001580131 / 1 5 3 H / 0 1 1 74657374 | what was under way when we refused a head (8.1.1)
          2 0 1 0000000000                          | PRIORITY with the least weight (6.3)
          2 0 1 00000000ff                          | PRIORITY with the largest weight (6.3)
          2 0 1 8000000000                          | PRIORITY, exclusive (6.3)
          2 0 3 0000000110                          | PRIORITY that depends on an idle stream (6.3)
          2 0 11 0000000010                         | PRIORITY on a stream above the next (6.3)
          """)
  void theConnectionGoesOn(String script, String why) throws Exception {
    try (Http2Client client = farm().client()) {
      client.raw(frames(script + " / 1 5 4099 H"));
      assertThat(client.outcome(4099)).as(why).isEqualTo("200 hello");
    }
  }

  /// What was under way when we reset a stream costs that stream only (RFC 9113 §5.1), whatever became of a much older one meanwhile.
  @ParameterizedTest
  @ValueSource(strings = {"1 4 2049 P", "1 4 1 P / 1 4 2049 P / 0 1 1 74"})
  void framesUnderWayToAStreamThatWeReset(String script) throws Exception {
    try (Http2Client client = farm().client()) {
      client.raw(frames(script + " / 8 0 2049 00000000"));
      assertThat(client.outcome(2049)).isEqualTo("reset 1");
      client.raw(frames("0 0 2049 74657374 / 1 5 2049 000178023131 / 1 5 4099 H"));
      assertThat(client.outcome(4099)).isEqualTo("200 hello");
    }
  }

  /// The last value of one frame holds (RFC 9113 §6.5.3).
  @Test
  void settingsAreTakenInTheirOrder() throws Exception {
    try (Http2Client client = farm().client()) {
      client.raw(frames("4 0 0 000400000064000400000001 / 1 5 1 H"));
      assertThat(data(client)).isEqualTo("h");
    }
  }

  private static String data(Http2Client client) throws Exception {
    while (true) {
      Http2Client.Frame frame = client.nextOfInterest();
      if (frame.type() == DATA) {
        return new String(frame.payload(), ISO_8859_1);
      }
      assertThat(frame.type()).as("a head, not %s", Arrays.toString(frame.payload())).isEqualTo(1);
    }
  }

  @Test
  void noMoreIsSentThanTheStreamsWindowHolds() throws Exception {
    try (Http2Client client = farm().client()) {
      client.raw(frames("4 0 0 000400000001 / 1 5 1 H"));
      assertThat(data(client)).isEqualTo("h");
      client.raw(frames("8 0 1 00000002"));
      assertThat(data(client)).isEqualTo("el");
      client.raw(frames("8 0 1 00000064"));
      assertThat(data(client)).isEqualTo("lo");
    }
  }

  @Test
  void aWindowThatBecameNegativeMustGrowAboveNothingFirst() throws Exception {
    try (Http2Client client = farm().client()) {
      client.raw(frames("4 0 0 000400000003 / 1 5 1 H"));
      assertThat(data(client)).isEqualTo("hel");
      client.raw(frames("4 0 0 000400000002 / 8 0 1 00000001 / 6 0 0 0000000000000001"));
      assertThat(client.nextOfInterest().type()).as("nothing but the pong").isEqualTo(6);
      client.raw(frames("8 0 1 00000001"));
      assertThat(data(client)).isEqualTo("l");
    }
  }

  @Test
  void aLargerInitialWindowLetsWaitingDataGo() throws Exception {
    try (Http2Client client = farm().client()) {
      client.raw(frames("4 0 0 000400000000 / 1 5 1 H / 6 0 0 0000000000000001"));
      Http2Client.Frame first = client.nextOfInterest();
      assertThat(first.type()).as("pong or head, no data").isIn(1, 6);
      client.raw(frames("4 0 0 000400000005"));
      Http2Client.Frame next = client.nextOfInterest();
      while (next.type() != DATA) {
        assertThat(next.type()).isIn(1, 6);
        next = client.nextOfInterest();
      }
      assertThat(new String(next.payload(), ISO_8859_1)).isEqualTo("hello");
    }
  }

  @Test
  void streamsBeyondTheirNumberAreRefused() throws Exception {
    try (Http2Client client = farm().client()) {
      StringBuilder script = new StringBuilder("1 4 1 P");
      for (int stream = 3; stream <= 257; stream += 2) {
        script.append(" / 1 4 ").append(stream).append(" P");
      }
      client.raw(frames(script.toString()));
      assertThat(client.outcome(257)).isEqualTo("reset 7");
      // Its body was under way.
      client.raw(frames("3 0 1 00000008 / 1 5 259 H / 0 1 257 74657374 / 1 5 261 H"));
      assertThat(client.outcome(259)).isEqualTo("200 hello");
    }
  }
}
