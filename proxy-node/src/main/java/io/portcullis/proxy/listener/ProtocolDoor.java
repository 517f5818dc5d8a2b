package io.portcullis.proxy.listener;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.portcullis.proxy.h2.Http2Door;
import io.portcullis.proxy.http.Connections;
import io.portcullis.proxy.secure.Records;
import io.portcullis.proxy.snapshot.CurrentSnapshot;
import io.portcullis.proxy.snapshot.ListenerSnapshot;

/// Waits for the handshake to say which protocol was agreed on, dresses the connection for it and goes. What comes behind sees the
/// connection begin then.
final class ProtocolDoor extends ChannelInboundHandlerAdapter {

  private final String listener;
  private final CurrentSnapshot current;
  private final Connections connections;

  ProtocolDoor(String listener, CurrentSnapshot current, Connections connections) {
    this.listener = listener;
    this.current = current;
    this.connections = connections;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    // Kept for whoever takes this place.
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (handshake.isSuccess()) {
        dress(ctx);
      } else {
        ctx.close();
      }
    }
  }

  private void dress(ChannelHandlerContext ctx) {
    ChannelPipeline pipeline = ctx.pipeline();
    if ("h2".equals(pipeline.get(Records.class).protocol())) {
      new Http2Door(connections, listener, this::speaksHttp2).open(pipeline);
    } else {
      pipeline.addLast(connections.handler(listener, true));
    }
    ctx.fireChannelActive();
    pipeline.remove(this);
  }

  private boolean speaksHttp2(byte[] host) {
    ListenerSnapshot now = current.current().listener(listener);
    return now != null && now.speaksHttp2(host);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // No TLS, or a handshake that was broken off: nobody is there to be told.
    ctx.close();
  }
}
