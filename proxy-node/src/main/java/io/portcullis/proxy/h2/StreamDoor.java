package io.portcullis.proxy.h2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;
import io.portcullis.proxy.message.MessageRefused;

/// One stream, seen by the engine behind it as a client's connection that carries a single request of HTTP/1.1. So the same code parses,
/// decides, limits, forwards and answers, and a stream can do nothing that a connection could not.
///
/// Frames end here, on the seam: a leaner codec than Netty's would hand the same two kinds of frame to this class.
final class StreamDoor extends ChannelDuplexHandler {

  private static final int MISDIRECTED = 421;

  private final Http2Door.NameCheck names;
  private final RequestStream request = new RequestStream();
  private final ResponseStream response = new ResponseStream();
  private boolean head;
  private boolean reset;
  private boolean closing;

  StreamDoor(Http2Door.NameCheck names) {
    this.names = names;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object frame) {
    try {
      switch (frame) {
        case Http2HeadersFrame headers -> headers(ctx, headers);
        case Http2DataFrame data -> data(ctx, data);
        default -> ReferenceCountUtil.release(frame);
      }
    } catch (MalformedRequest malformed) {
      reset(ctx, malformed.error());
    }
  }

  private void headers(ChannelHandlerContext ctx, Http2HeadersFrame frame) throws MalformedRequest {
    if (reset || response.isDone()) {
      return;
    }
    if (request.began()) {
      request.trailers(ctx, frame.headers(), frame.isEndStream());
      return;
    }
    RequestHead parsed = RequestHead.of(frame.headers(), frame.isEndStream());
    head = parsed.isHead();
    if (names.speaksHttp2(parsed.host().toString().getBytes(ISO_8859_1))) {
      request.head(ctx, parsed, frame.isEndStream());
    } else {
      // The certificate covers the name, its rules do not offer HTTP/2 (RFC 9113 §9.1.2).
      response.answer(ctx, MISDIRECTED);
      close(ctx, ctx.newPromise());
    }
  }

  private void data(ChannelHandlerContext ctx, Http2DataFrame frame) throws MalformedRequest {
    ByteBuf content = frame.content();
    if (reset || !request.began()) {
      content.release();
      return;
    }
    boolean taken = false;
    try {
      request.data(ctx, content, frame.isEndStream());
      taken = true;
    } finally {
      if (!taken) {
        content.release();
      }
    }
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    ByteBuf bytes = (ByteBuf) message;
    try {
      if (!reset) {
        if (bytes.isReadable()) {
          response.write(ctx, bytes, head);
        } else {
          response.nothingMore(ctx);
        }
      }
      promise.trySuccess();
    } catch (MalformedRequest connectionBound) {
      reset(ctx, connectionBound.error());
      promise.tryFailure(connectionBound);
    } catch (MessageRefused refused) {
      reset(ctx, Http2Error.INTERNAL_ERROR);
      promise.tryFailure(refused);
    } finally {
      bytes.release();
    }
  }

  /// What the codec found wrong with a frame of this stream; anything else is the engine's to judge.
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof Http2Exception http2) {
      reset(ctx, isAfterTheEnd(http2) ? Http2Error.STREAM_CLOSED : http2.error());
    }
    ctx.fireExceptionCaught(cause);
  }

  /// A head behind the end of the request is one on a half-closed stream (RFC 9113 §5.1); the codec calls it one too many.
  private boolean isAfterTheEnd(Http2Exception found) {
    return request.isDone()
        && found.error() == Http2Error.PROTOCOL_ERROR
        && String.valueOf(found.getMessage()).contains("too many headers");
  }

  private void reset(ChannelHandlerContext ctx, Http2Error error) {
    if (!reset) {
      reset = true;
      ctx.writeAndFlush(new DefaultHttp2ResetFrame(error));
    }
  }

  /// A whole response leaves before the stream closes, however small the client's window is; a second call does not wait. A request that
  /// nobody reads to its end is given up without an error (RFC 9113 §8.1).
  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    ChannelFuture ending = response.ending();
    if (ending == null || closing) {
      if (!response.isDone()) {
        reset(ctx, Http2Error.INTERNAL_ERROR);
      }
      ctx.close(promise);
      return;
    }
    closing = true;
    ending.addListener(_ -> {
      if (!request.isDone()) {
        reset(ctx, Http2Error.NO_ERROR);
      }
      ctx.close(promise);
    });
  }
}
