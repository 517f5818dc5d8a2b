package io.portcullis.proxy.h2;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.util.ReferenceCountUtil;
import io.portcullis.proxy.http.Connections;
import io.portcullis.proxy.http.Drainable;
import io.portcullis.proxy.message.Limits;
import io.portcullis.proxy.relay.Loop;
import io.portcullis.proxy.relay.WatchedHandler;
import org.jspecify.annotations.Nullable;

/// A client's connection under its streams: how long it may be idle, and how it goes. Everything on its event loop.
final class Http2Connection extends WatchedHandler implements Drainable {

  private final Http2FrameCodec codec;
  private final FloodGuard guard;
  private final Connections connections;
  private final String listener;
  private @Nullable ChannelHandlerContext context;
  private long deadline;
  private boolean broken;
  private boolean headOpen;

  Http2Connection(
      Http2FrameCodec codec, FloodGuard guard, Connections connections, String listener) {
    this.codec = codec;
    this.guard = guard;
    this.connections = connections;
    this.listener = listener;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    Loop loop = Loop.of(ctx.channel().eventLoop());
    deadline = loop.deadline(connections.patience().requestHead());
    loop.watch(this);
    if (connections.isStopping()) {
      drain();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    unwatch(Loop.of(ctx.channel().eventLoop()));
    ctx.fireChannelInactive();
  }

  /// What no stream took: settings and pings, which the codec has answered, and the client's farewell.
  @Override
  public void channelRead(ChannelHandlerContext ctx, Object frame) {
    boolean farewell = frame instanceof Http2GoAwayFrame;
    ReferenceCountUtil.release(frame);
    if (farewell && !codec.connection().goAwaySent()) {
      drain();
    }
  }

  @Override
  public void tick(long now) {
    ChannelHandlerContext ctx = context;
    if (ctx == null) {
      return;
    }
    if (broken) {
      if (now >= deadline) {
        cutOff(ctx);
      }
    } else if (guard.isHeadOpen() != headOpen) {
      headOpen = !headOpen;
      deadline =
          Loop.of(ctx.channel().eventLoop())
              .deadline(headOpen ? connections.patience().requestHead() : Limits.KEEP_ALIVE);
    } else if (!headOpen && codec.connection().numActiveStreams() > 0) {
      deadline = Loop.of(ctx.channel().eventLoop()).deadline(Limits.KEEP_ALIVE);
    } else if (now >= deadline) {
      if (headOpen) {
        // It holds up its other streams itself.
        cutOff(ctx);
      } else {
        ctx.channel().close();
      }
    }
  }

  @Override
  public String listener() {
    return listener;
  }

  /// GOAWAY; streams that run may finish, then the connection closes.
  @Override
  public void drain() {
    ChannelHandlerContext ctx = context;
    if (ctx != null) {
      ctx.channel().close();
    }
  }

  @Override
  public ChannelHandlerContext context() {
    ChannelHandlerContext ctx = context;
    if (ctx == null) {
      throw new IllegalStateException("not connected");
    }
    return ctx;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof Http2Exception) {
      // The codec says GOAWAY and closes when that has left; a client that does not read is not
      // waited for.
      broken = true;
      deadline = Loop.of(ctx.channel().eventLoop()).deadline(Limits.LINGER_TIME);
    } else {
      ctx.channel().close();
    }
  }

  /// Past the codec, which would wait for streams.
  private static void cutOff(ChannelHandlerContext ctx) {
    ChannelHandlerContext front = ctx.pipeline().context(FloodGuard.class);
    (front == null ? ctx : front).close();
  }
}
