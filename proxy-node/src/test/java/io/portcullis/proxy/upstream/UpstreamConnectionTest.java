package io.portcullis.proxy.upstream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.message.Failure;
import io.portcullis.proxy.message.Limits;
import io.portcullis.proxy.message.ParsedResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// In which buffer an answer goes on; what it says there is the business of `engine.AnswerTest`.
@SuppressWarnings("StringConcatToTextBlock") // line ends are the subject
class UpstreamConnectionTest {

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n";

  private final Member member = new Member("pool", "fe1", 1, 443, 80);
  private final UpstreamConnection connection =
      new UpstreamConnection(
          new MemberPool(
              "pool", List.of(member), null, null, true, PATIENCE, PATIENCE, PATIENCE, 32, 64),
          member);
  private final EmbeddedChannel channel = new EmbeddedChannel(connection);
  private final Notes sink = new Notes();

  /// Takes every head as it came that may stay so.
  private static final class Notes implements ResponseSink {
    final List<ByteBuf> parts = new ArrayList<>();
    int interim;
    boolean mayStay;
    boolean ended;
    @Nullable Failure failure;

    @Override
    public void interim(ParsedResponse head) {
      interim++;
    }

    @Override
    public @Nullable ResponseSink switched(ParsedResponse head) {
      throw new AssertionError("nothing switches");
    }

    @Override
    public boolean responseHead(ParsedResponse head, boolean mayStay, int available) {
      this.mayStay = mayStay;
      return mayStay;
    }

    @Override
    public void responseBody(ByteBuf part) {
      parts.add(part);
    }

    @Override
    public void responseEnd() {
      ended = true;
    }

    @Override
    public void responseReadComplete() {}

    @Override
    public void upstreamWritable() {}

    @Override
    public void upstreamFailed(Failure how) {
      failure = how;
    }
  }

  @AfterEach
  void release() {
    sink.parts.forEach(ByteBuf::release);
    channel.finishAndReleaseAll();
  }

  private static ByteBuf received(String text, int capacity) {
    return ByteBufAllocator.DEFAULT.directBuffer(capacity).writeBytes(text.getBytes(US_ASCII));
  }

  private void answer(ByteBuf in) {
    connection.begin(sink, false, false);
    channel.writeInbound(in);
  }

  @Test
  void aSmallAnswerGoesOnInTheBufferThatItCameIn() {
    ByteBuf in = received(HEAD + "body", Limits.ROOM_KEPT_BYTES);
    answer(in);
    assertThat(sink.parts).hasSize(1);
    assertThat(sink.parts.getFirst()).isSameAs(in);
    assertThat(in.toString(US_ASCII)).isEqualTo(HEAD + "body");
    assertThat(in.refCnt()).isOne();
    assertThat(sink.ended).isTrue();
    assertThat(connection.isUsable()).isTrue();
  }

  /// Else a client that asks and does not read would hold a buffer of 64 KB for each answer of a line.
  @Test
  void aBufferThatIsMostlyRoomDoesNotWaitForAClient() {
    ByteBuf in = received(HEAD, Limits.ROOM_KEPT_BYTES + HEAD.length() + 1);
    answer(in);
    assertThat(sink.mayStay).isFalse();
    assertThat(in.refCnt()).isZero();
  }

  @Test
  void anInterimAnswerInTheSameBufferIsLeftBehind() {
    ByteBuf in =
        received("HTTP/1.1 103 Early Hints\r\n\r\n" + HEAD + "body", Limits.ROOM_KEPT_BYTES);
    answer(in);
    assertThat(sink.interim).isOne();
    assertThat(sink.parts).hasSize(1);
    assertThat(sink.parts.getFirst()).isSameAs(in);
    assertThat(in.toString(US_ASCII)).isEqualTo(HEAD + "body");
  }

  @Test
  void whatComesBehindTheAnswerIsNoPartOfIt() {
    ByteBuf in = received(HEAD + "bodyHTTP/1.1 200 OK\r\n", Limits.ROOM_KEPT_BYTES);
    answer(in);
    assertThat(sink.parts).hasSize(1);
    assertThat(sink.parts.getFirst().toString(US_ASCII)).isEqualTo(HEAD + "body");
    assertThat(in.refCnt()).as("the part's own").isOne();
    assertThat(connection.isUsable()).as("nobody can tell what comes next").isFalse();
  }

  @Test
  void ofABrokenBodyTheHeadGoesOn() {
    String head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    answer(received(head + "no chunk\r\n", Limits.ROOM_KEPT_BYTES));
    assertThat(sink.failure).isEqualTo(Failure.MEMBER_BODY_REFUSED);
    assertThat(sink.parts).hasSize(1);
    assertThat(sink.parts.getFirst().toString(US_ASCII)).isEqualTo(head);
  }

  /// The pieces of a head lie in an array that is the connection's own; a body in pieces follows its head.
  @ParameterizedTest
  @MethodSource("cuts")
  void inTwoPieces(int cut) {
    String all = HEAD + "body";
    connection.begin(sink, false, false);
    channel.writeInbound(received(all.substring(0, cut), Limits.ROOM_KEPT_BYTES));
    channel.writeInbound(received(all.substring(cut), Limits.ROOM_KEPT_BYTES));
    assertThat(sink.mayStay).isEqualTo(cut >= HEAD.length());
    assertThat(
            sink.parts.stream().map(part -> part.toString(US_ASCII)).collect(Collectors.joining()))
        .isEqualTo(cut < HEAD.length() ? "body" : all);
    assertThat(sink.ended).isTrue();
  }

  static IntStream cuts() {
    return IntStream.range(1, HEAD.length() + 4);
  }
}
