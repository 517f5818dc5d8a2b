package io.portcullis.proxy.h2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import io.netty.util.concurrent.FastThreadLocal;
import io.portcullis.proxy.message.BodyCursor;
import io.portcullis.proxy.message.BodyFraming;
import io.portcullis.proxy.message.HeadCollector;
import io.portcullis.proxy.message.Limits;
import io.portcullis.proxy.message.MessageRefused;
import io.portcullis.proxy.message.ParsedResponse;
import org.jspecify.annotations.Nullable;

/// The response half of a stream: the engine's HTTP/1.1 bytes in, frames out. Chunks are taken off, names become lower case, a hop's own
/// headers stay behind.
final class ResponseStream {

  /// A response head is parsed and gone within one call, so one of these does for all streams of an event loop.
  private static final class Scratch {
    private static final FastThreadLocal<Scratch> CURRENT =
        new FastThreadLocal<>() {
          @Override
          protected Scratch initialValue() {
            return new Scratch();
          }
        };

    final byte[] bytes = new byte[Limits.HEAD_BYTES];
    final ParsedResponse response = new ParsedResponse();
  }

  private final HeadCollector heads = HeadCollector.ofResponses();
  private final BodyCursor body = new BodyCursor();
  private boolean headDone;
  private @Nullable ChannelFuture ending;

  /// The frame that ends the response is written; it may still wait for the client's window.
  boolean isDone() {
    return ending != null;
  }

  /// Succeeds when the whole response has left; null before the end is written.
  @Nullable ChannelFuture ending() {
    return ending;
  }

  /// @param head the request was HEAD
  /// @throws MalformedRequest if the answer can only be given over HTTP/1.1
  void write(ChannelHandlerContext to, ByteBuf in, boolean head)
      throws MessageRefused, MalformedRequest {
    while (in.isReadable() && ending == null) {
      if (!headDone) {
        head(to, in, head);
      } else {
        body(to, in);
      }
    }
  }

  private void head(ChannelHandlerContext to, ByteBuf in, boolean head)
      throws MessageRefused, MalformedRequest {
    Scratch scratch = Scratch.CURRENT.get();
    int length = heads.collect(in, scratch.bytes);
    if (length == 0) {
      return;
    }
    ParsedResponse response = scratch.response;
    response.parse(heads.take(), length);
    if (response.connectionAuth()) {
      throw MalformedRequest.connectionBound();
    }
    if (response.isInterim()) {
      to.write(new DefaultHttp2HeadersFrame(headers(response), false), to.newPromise());
      return;
    }
    headDone = true;
    body.begin(response.framing(head), response.contentLength());
    body.unwrap();
    boolean ends = body.isDone();
    ChannelFuture written = to.write(new DefaultHttp2HeadersFrame(headers(response), ends));
    if (ends) {
      ending = written;
    }
  }

  private static Http2Headers headers(ParsedResponse response) {
    Http2Headers headers = new DefaultHttp2Headers(false);
    headers.status(AsciiString.of(Integer.toString(response.status())));
    response.forEachLine((bytes, nameStart, nameEnd, valueStart, valueEnd) ->
        headers.add(
            new AsciiString(bytes, nameStart, nameEnd - nameStart, true).toLowerCase(),
            new AsciiString(bytes, valueStart, valueEnd - valueStart, true)));
    return headers;
  }

  private void body(ChannelHandlerContext to, ByteBuf in) throws MessageRefused {
    int some = body.take(in);
    boolean ends = body.isDone();
    if (some > 0 || ends) {
      ByteBuf part = some > 0 ? in.readRetainedSlice(some) : Unpooled.EMPTY_BUFFER;
      ChannelFuture written = to.write(new DefaultHttp2DataFrame(part, ends));
      if (ends) {
        ending = written;
      }
    }
  }

  /// The engine has nothing more to say: that is the end of a body that ends with its connection.
  void nothingMore(ChannelHandlerContext to) {
    if (headDone && ending == null && body.framing() == BodyFraming.UNTIL_CLOSE) {
      ending = to.write(new DefaultHttp2DataFrame(true));
    }
  }

  /// An answer of this door itself.
  void answer(ChannelHandlerContext to, int status) {
    headDone = true;
    Http2Headers headers = new DefaultHttp2Headers(false).status(Integer.toString(status));
    ending = to.writeAndFlush(new DefaultHttp2HeadersFrame(headers, true));
  }
}
