package io.portcullis.proxy.upstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.portcullis.proxy.message.ClientAddress;
import io.portcullis.proxy.message.ProxyVersion;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// Says in front of everything else on a connection to a member, TLS included, for whom it is, then leaves.
final class Introduction extends ChannelOutboundHandlerAdapter {

  private final ProxyVersion version;
  private final Channel client;

  Introduction(ProxyVersion version, Channel client) {
    this.version = version;
    this.client = client;
  }

  /// A request, or the first flight of a handshake: whatever is the first to go.
  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    InetSocketAddress listener = listener();
    ctx.write(
        listener == null
            ? version.ofNobody(ctx.alloc())
            : version.header(ctx.alloc(), ClientAddress.of(client), listener));
    ctx.write(message, promise);
    ctx.pipeline().remove(this);
  }

  private @Nullable InetSocketAddress listener() {
    Channel parent = client.parent();
    // A stream of HTTP/2 has no address of its own; a connection's parent is the listener, which
    // may be bound to all addresses.
    boolean stream = !(client.localAddress() instanceof InetSocketAddress) && parent != null;
    return (stream ? parent : client).localAddress() instanceof InetSocketAddress own ? own : null;
  }
}
