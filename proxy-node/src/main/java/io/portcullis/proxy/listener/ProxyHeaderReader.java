package io.portcullis.proxy.listener;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.portcullis.proxy.message.ClientAddress;
import io.portcullis.proxy.message.ProxyHeader;
import org.jspecify.annotations.Nullable;

/// Stands in front of everything on a connection that comes from a listed load balancer: takes its PROXY header off, then leaves. From
/// such a source the header is required; a connection without one closes, because a listener must never guess (§2 of the
/// specification). The deadline of the first request head covers the header too.
final class ProxyHeaderReader extends ChannelInboundHandlerAdapter {

  private @Nullable ByteBuf held;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = joined(ctx, (ByteBuf) message);
    switch (ProxyHeader.read(in)) {
      case ProxyHeader.Incomplete _ -> held = in;
      case ProxyHeader.Refused _ -> {
        in.release();
        ctx.close();
      }
      case ProxyHeader.Complete header -> {
        if (header.client() != null) {
          ClientAddress.convey(ctx.channel(), header.client());
        }
        in.skipBytes(header.length());
        ctx.pipeline().remove(this);
        if (in.isReadable()) {
          ctx.fireChannelRead(in);
        } else {
          in.release();
        }
      }
    }
  }

  /// What was held and what came now; never more than a header and one reading.
  private ByteBuf joined(ChannelHandlerContext ctx, ByteBuf in) {
    ByteBuf before = held;
    if (before == null) {
      return in;
    }
    held = null;
    ByteBuf both = ctx.alloc().buffer(before.readableBytes() + in.readableBytes());
    both.writeBytes(before).writeBytes(in);
    before.release();
    in.release();
    return both;
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    ByteBuf rest = held;
    if (rest != null) {
      held = null;
      rest.release();
    }
  }
}
