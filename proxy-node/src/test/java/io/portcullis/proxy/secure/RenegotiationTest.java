package io.portcullis.proxy.secure;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// A member that speaks TLS 1.2 may ask for one more handshake, for a certificate of ours that it wants.
class RenegotiationTest {

  private static final int SEEDS = 30;

  @Test
  void whatIsWrittenMeanwhileArrivesAfterwards() throws Exception {
    for (int seed = 0; seed < SEEDS; seed++) {
      try (Line line = new Line(false, "TLSv1.2", new Random(seed))) {
        line.settle();
        line.theirEnd().pipeline().get(SslHandler.class).renegotiate();
        deliverOne(line.theirEnd(), line.ourEnd());
        ChannelFuture told = line.ourEnd().writeAndFlush(Unpooled.wrappedBuffer(new byte[70_000]));
        assertThat(told.isDone()).isFalse();
        line.settle();
        assertThat(line.theirs.heard.size()).as("seed %d", seed).isEqualTo(70_000);
        assertThat(told.isSuccess()).isTrue();
        assertThat(line.ours.failures).isEmpty();
      }
    }
  }

  @Test
  void anAnswerWrittenWhileOurHelloWaitsGoesBehindIt() throws Exception {
    try (Line line = new Line(false, "TLSv1.2", new Random(1))) {
      line.settle();
      // The first thing said has room for more than itself.
      line.ourEnd().writeOutbound(Unpooled.copiedBuffer("first ", US_ASCII));
      line.settle();
      String last = line.ourEnd().pipeline().context(line.ours).name();
      line.ourEnd().pipeline().addBefore(last, "answering", new Answering());
      line.theirEnd().writeOutbound(Unpooled.copiedBuffer("question", US_ASCII));
      line.theirEnd().pipeline().get(SslHandler.class).renegotiate();
      deliverTogether(line.theirEnd(), line.ourEnd());
      line.settle();
      assertThat(line.theirs.heard.toString(US_ASCII)).isEqualTo("first answer");
      assertThat(line.ours.failures).isEmpty();
    }
  }

  @Test
  void nobodyKeepsWritingToAMemberThatDoesNotGoOn() throws Exception {
    try (Line line = new Line(false, "TLSv1.2", new Random(1))) {
      line.settle();
      line.theirEnd().pipeline().get(SslHandler.class).renegotiate();
      deliverTogether(line.theirEnd(), line.ourEnd());
      line.ourEnd().writeAndFlush(Unpooled.wrappedBuffer(new byte[1_000]));
      assertThat(line.ourEnd().isWritable()).isFalse();
      line.settle();
      assertThat(line.theirs.heard.size()).isEqualTo(1_000);
      assertThat(line.ourEnd().isWritable()).isTrue();
    }
  }

  private static void deliverOne(EmbeddedChannel from, EmbeddedChannel to) {
    from.runPendingTasks();
    ByteBuf out = from.readOutbound();
    to.writeInbound(out);
  }

  /// As one segment.
  private static void deliverTogether(EmbeddedChannel from, EmbeddedChannel to) {
    from.runPendingTasks();
    ByteBuf all = Unpooled.directBuffer();
    for (ByteBuf out = from.readOutbound(); out != null; out = from.readOutbound()) {
      all.writeBytes(out);
      out.release();
    }
    to.writeInbound(all);
  }

  /// Says something the moment it hears something.
  private static final class Answering extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ctx.writeAndFlush(Unpooled.copiedBuffer("answer", US_ASCII));
      ctx.fireChannelRead(message);
    }
  }
}
