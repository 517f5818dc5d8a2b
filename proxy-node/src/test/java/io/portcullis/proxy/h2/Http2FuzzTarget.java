package io.portcullis.proxy.h2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameStreamException;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.portcullis.proxy.message.BodyCursor;
import io.portcullis.proxy.message.HeadCollector;
import io.portcullis.proxy.message.HeadRoom;
import io.portcullis.proxy.message.Limits;
import io.portcullis.proxy.message.MessageRefused;
import io.portcullis.proxy.message.ParsedRequest;

/// What the fuzzer calls for a connection that agreed on HTTP/2. Whatever frames come, what a stream hands to the engine is at most one
/// request, and nothing but what the protocol has words for is thrown.
public final class Http2FuzzTarget {

  private Http2FuzzTarget() {}

  /// The name is the fuzzer's.
  public static void fuzzerTestOneInput(byte[] data) {
    Http2FrameCodec codec = Http2Door.codec();
    EmbeddedChannel channel =
        new EmbeddedChannel(new FloodGuard(codec), codec, new Http2MultiplexHandler(streams()));
    try {
      channel.writeInbound(Unpooled.copiedBuffer(Http2Client.preface(), data));
      channel.checkException();
    } catch (Throwable thrown) {
      if (!isOfTheProtocol(thrown)) {
        throw new AssertionError(thrown);
      }
    } finally {
      boolean _ = channel.finishAndReleaseAll();
    }
  }

  private static boolean isOfTheProtocol(Throwable thrown) {
    return thrown instanceof Http2Exception
        || thrown instanceof Http2FrameStreamException
        || (thrown.getCause() != null && isOfTheProtocol(thrown.getCause()));
  }

  private static ChannelInitializer<Channel> streams() {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel stream) {
        stream.pipeline().addLast(new StreamDoor(_ -> true), new OneRequest());
      }
    };
  }

  /// Reads what a stream hands on as the engine does, and finds a second request behind the first.
  private static final class OneRequest extends ChannelInboundHandlerAdapter {

    private final HeadCollector heads = HeadCollector.ofRequests(HeadRoom.unbounded());
    private final byte[] scratch = new byte[Limits.HEAD_BYTES];
    private final BodyCursor body = new BodyCursor();
    private boolean headDone;
    private boolean refused;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf in = (ByteBuf) message;
      try {
        if (!refused) {
          read(in);
        }
      } catch (MessageRefused _) {
        refused = true;
      } finally {
        in.release();
      }
    }

    private void read(ByteBuf in) throws MessageRefused {
      if (!headDone) {
        int length = heads.collect(in, scratch);
        if (length == 0) {
          return;
        }
        ParsedRequest head = new ParsedRequest();
        head.parse(heads.take(), length);
        body.begin(head.framing(), head.contentLength());
        headDone = true;
      }
      while (in.isReadable() && !body.isDone()) {
        in.skipBytes(body.take(in));
      }
      if (in.isReadable()) {
        throw new AssertionError("behind a whole request: " + ByteBufUtil.hexDump(in));
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      if (!isOfTheProtocol(cause)) {
        throw new AssertionError(cause);
      }
    }
  }
}
