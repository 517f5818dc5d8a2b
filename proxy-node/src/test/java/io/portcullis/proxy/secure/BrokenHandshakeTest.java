package io.portcullis.proxy.secure;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Connections that end with their handshake: at once, and not by the deadline.
class BrokenHandshakeTest {

  @ParameterizedTest
  @ValueSource(ints = {18_433, 30_000, 65_535})
  void aRecordThatIsTooLongIsNotWaitedFor(int length) throws Exception {
    try (Line line = new Line(true, "TLSv1.3", new Random(1))) {
      line.ourEnd()
          .writeInbound(Unpooled.buffer().writeByte(22).writeShort(0x0301).writeShort(length));
      assertEndedBadly(line);
    }
  }

  @Test
  void aLastWordInOnePieceWithTheEndOfTheHandshakeIsHeard() throws Exception {
    try (Line line = new Line(true, "TLSv1.3", new Random(1))) {
      upToTheirEnd(line);
      line.theirEnd().pipeline().get(SslHandler.class).closeOutbound();
      line.ourEnd().writeInbound(all(line.theirEnd()));
      assertThat(line.ours.events)
          .containsExactly(SslHandshakeCompletionEvent.SUCCESS, SslCloseCompletionEvent.SUCCESS);
      assertThat(line.ourEnd().isActive()).isFalse();
      line.settle();
      assertThat(line.theirs.events).contains(SslCloseCompletionEvent.SUCCESS);
    }
  }

  @Test
  void aSpoiltRecordInOnePieceWithTheEndOfTheHandshakeIsRefused() throws Exception {
    try (Line line = new Line(true, "TLSv1.3", new Random(1))) {
      upToTheirEnd(line);
      ByteBuf end = all(line.theirEnd());
      end.writeByte(23).writeShort(0x0303).writeShort(40).writeZero(40);
      line.ourEnd().writeInbound(end);
      assertEndedBadly(line);
    }
  }

  private static void upToTheirEnd(Line line) {
    line.ourEnd().writeInbound(all(line.theirEnd()));
    line.theirEnd().writeInbound(all(line.ourEnd()));
  }

  private static void assertEndedBadly(Line line) {
    assertThat(line.ours.events)
        .singleElement()
        .isInstanceOfSatisfying(
            SslHandshakeCompletionEvent.class, event -> assertThat(event.isSuccess()).isFalse());
    assertThat(line.ourEnd().isActive()).isFalse();
  }

  private static ByteBuf all(EmbeddedChannel from) {
    from.runPendingTasks();
    ByteBuf all = Unpooled.directBuffer();
    for (ByteBuf out = from.readOutbound(); out != null; out = from.readOutbound()) {
      all.writeBytes(out);
      out.release();
    }
    return all;
  }
}
