package io.portcullis.proxy.h2;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.portcullis.proxy.http.Connections;
import io.portcullis.proxy.message.Limits;

/// Dresses a connection that agreed on HTTP/2.
public final class Http2Door {

  /// Browsers open up to a hundred at once.
  private static final int STREAMS = 128;

  /// What one stream may have in flight towards us, and what all of them may together: uploads wait in these, nowhere else.
  private static final int STREAM_WINDOW = 256 * 1024;

  private static final int CONNECTION_WINDOW = 1024 * 1024;

  /// Resets by the client, and by us for what the client did wrong (CVE-2023-44487, CVE-2025-8671).
  private static final int RESETS = 200;

  private static final int RESETS_SECONDS = 30;

  /// Answers to PING and SETTINGS that a client does not read.
  private static final int QUEUED_CONTROL_FRAMES = 256;

  /// Answers of several members that arrive in one turn of the loop leave in one TLS record and one system call, if they are not more.
  private static final int FLUSHES = 64;

  private static final int EMPTY_DATA_FRAMES = 2;
  private static final int SMALL_CONTINUATIONS = 8;

  /// What a window of the client leaves waiting in one response before its member is no longer read.
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(Limits.WRITE_BUFFER_LOW / 8, Limits.WRITE_BUFFER_HIGH / 8);

  private final Connections connections;
  private final String listener;
  private final NameCheck names;

  /// @param names whether a name, in any case, may be asked for over HTTP/2
  public Http2Door(Connections connections, String listener, NameCheck names) {
    this.connections = connections;
    this.listener = listener;
    this.names = names;
  }

  /// Whether a public name may be asked for over HTTP/2, under the snapshot of this moment.
  public interface NameCheck {
    boolean speaksHttp2(byte[] host);
  }

  /// Adds the handlers of HTTP/2 at the end of a pipeline whose TLS is established.
  public void open(ChannelPipeline pipeline) {
    Http2FrameCodec codec = codec();
    FloodGuard guard = new FloodGuard(codec);
    pipeline.addLast(
        new FlushConsolidationHandler(FLUSHES, true),
        guard,
        codec,
        new Http2MultiplexHandler(streams()));
    pipeline.addLast(new Http2Connection(codec, guard, connections, listener));
    widen(codec, pipeline);
  }

  /// The codec with all its bounds.
  static Http2FrameCodec codec() {
    return new Builder()
        .initialSettings(
            new Http2Settings()
                .maxConcurrentStreams(STREAMS)
                .initialWindowSize(STREAM_WINDOW)
                .maxHeaderListSize(Limits.HEADER_BLOCK_BYTES))
        .validateHeaders(true)
        .decoderEnforceMaxRstFramesPerWindow(RESETS, RESETS_SECONDS)
        .encoderEnforceMaxRstFramesPerWindow(RESETS, RESETS_SECONDS)
        .decoderEnforceMaxConsecutiveEmptyDataFrames(EMPTY_DATA_FRAMES)
        .decoderEnforceMaxSmallContinuationFrames(SMALL_CONTINUATIONS)
        .encoderEnforceMaxQueuedControlFrames(QUEUED_CONTROL_FRAMES)
        .gracefulShutdownTimeoutMillis(Limits.KEEP_ALIVE.toMillis())
        .build();
  }

  /// All streams have equal shares of the client's window: priorities are deprecated (RFC 9113 §5.3.1), and their tree costs each stream.
  private static final class Builder extends Http2FrameCodecBuilder {
    Builder() {
      DefaultHttp2Connection both = new DefaultHttp2Connection(true);
      both.remote()
          .flowController(
              new DefaultHttp2RemoteFlowController(both, new UniformStreamByteDistributor(both)));
      connection(both);
    }

    @Override
    protected Http2FrameCodec build(
        Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
      return super.build(new LateFrames(decoder), encoder, settings);
    }
  }

  private ChannelInitializer<Channel> streams() {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel stream) {
        stream.config().setWriteBufferWaterMark(WATER_MARK);
        stream.pipeline().addLast(new StreamDoor(names), connections.handler(listener, true));
      }
    };
  }

  private static void widen(Http2FrameCodec codec, ChannelPipeline pipeline) {
    ChannelHandlerContext ctx = pipeline.context(codec);
    try {
      codec
          .connection()
          .local()
          .flowController()
          .incrementWindowSize(
              codec.connection().connectionStream(),
              CONNECTION_WINDOW - Http2CodecUtil.DEFAULT_WINDOW_SIZE);
      ctx.flush();
    } catch (Http2Exception e) {
      codec.onError(ctx, true, e);
    }
  }
}
