package io.portcullis.proxy.h2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DecoratingHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.BitSet;
import java.util.List;

/// Judges frames on streams that are gone. The codec answers all of them with a reset, because it does not remember; a client that goes on
/// behind its own END_STREAM, or begins a stream below one that it has begun already, has lost count, and its connection ends (RFC 9113
/// §5.1, §5.1.1). What may still be under way when we reset or refuse a stream stays an error of that stream.
final class LateFrames extends DecoratingHttp2ConnectionDecoder {

  /// As many streams back, in two bits each; what is further back is taken for a stream that we reset.
  private static final int REMEMBERED = 1024;

  private final BitSet begun = new BitSet(REMEMBERED);
  private final BitSet ended = new BitSet(REMEMBERED);
  private int newest = -1;

  LateFrames(Http2ConnectionDecoder decoder) {
    super(decoder);
    decoder
        .connection()
        .addListener(
            new Http2ConnectionAdapter() {
              @Override
              public void onStreamActive(Http2Stream stream) {
                begin(ordinal(stream.id()));
                learnEnd(stream);
              }

              @Override
              public void onStreamHalfClosed(Http2Stream stream) {
                learnEnd(stream);
              }
            });
  }

  @Override
  public void decodeFrame(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
      throws Http2Exception {
    try {
      super.decodeFrame(ctx, in, out);
    } catch (Http2Exception.StreamException found) {
      throw judged(found);
    }
  }

  private Http2Exception judged(Http2Exception.StreamException found) {
    int stream = ordinal(found.streamId());
    if (found.error() != Http2Error.STREAM_CLOSED) {
      // Refused or malformed: it never became a stream, and its body may be under way.
      begin(stream);
      return found;
    }
    if (connection().stream(found.streamId()) != null || !isRemembered(stream)) {
      return found;
    }
    if (!begun.get(stream % REMEMBERED)) {
      return Http2Exception.connectionError(Http2Error.PROTOCOL_ERROR, "below an earlier stream");
    }
    return ended.get(stream % REMEMBERED)
        ? Http2Exception.connectionError(Http2Error.STREAM_CLOSED, "behind the end of a stream")
        : found;
  }

  /// A client's streams have odd numbers.
  private static int ordinal(int streamId) {
    return streamId >>> 1;
  }

  private boolean isRemembered(int stream) {
    return stream <= newest && newest - stream < REMEMBERED;
  }

  private void begin(int stream) {
    for (int next = Math.max(newest, stream - REMEMBERED) + 1; next <= stream; next++) {
      begun.clear(next % REMEMBERED);
      ended.clear(next % REMEMBERED);
    }
    newest = Math.max(newest, stream);
    if (isRemembered(stream)) {
      begun.set(stream % REMEMBERED);
    }
  }

  private void learnEnd(Http2Stream stream) {
    int ordinal = ordinal(stream.id());
    if (stream.state() == Http2Stream.State.HALF_CLOSED_REMOTE && isRemembered(ordinal)) {
      ended.set(ordinal % REMEMBERED);
    }
  }
}
