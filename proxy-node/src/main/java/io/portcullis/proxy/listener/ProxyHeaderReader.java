package io.portcullis.proxy.listener;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.portcullis.proxy.http.Connections;
import io.portcullis.proxy.message.ClientAddress;
import io.portcullis.proxy.message.ProxyHeader;
import io.portcullis.proxy.snapshot.ListenerSnapshot;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// Stands in front of everything on a connection that comes from a listed load balancer: takes its PROXY header off, then leaves. From
/// such a source the header is required; a connection without one closes, because a listener must never guess (§2 of the
/// specification). The deadline of the first request head covers the header too.
final class ProxyHeaderReader extends ChannelInboundHandlerAdapter {

  private final ListenerSnapshot listener;
  private final Connections connections;
  private @Nullable ByteBuf held;

  /// @param listener as it was when the balancer connected
  ProxyHeaderReader(ListenerSnapshot listener, Connections connections) {
    this.listener = listener;
    this.connections = connections;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = joined(ctx, (ByteBuf) message);
    switch (ProxyHeader.read(in)) {
      case ProxyHeader.Incomplete _ -> held = in;
      case ProxyHeader.Refused _ -> {
        in.release();
        connections.proxyHeaderRefused();
        ctx.close();
      }
      case ProxyHeader.Complete header -> {
        if (admits(ctx, header.client())) {
          in.skipBytes(header.length());
          ctx.pipeline().remove(this);
          pass(ctx, in);
        } else {
          in.release();
        }
      }
    }
  }

  /// What one source may do is counted on the client, now that it is known; the balancer's own checks are not counted.
  private boolean admits(ChannelHandlerContext ctx, @Nullable InetSocketAddress client) {
    if (client == null) {
      return true;
    }
    ClientAddress.convey(ctx.channel(), client);
    boolean tls = listener.names() != null;
    return Turnstile.admits(
        listener.access(), tls, client.getAddress(), ctx.channel(), connections);
  }

  private static void pass(ChannelHandlerContext ctx, ByteBuf in) {
    if (in.isReadable()) {
      ctx.fireChannelRead(in);
    } else {
      in.release();
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
