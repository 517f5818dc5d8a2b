package io.portcullis.proxy.observe;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.portcullis.proxy.secure.Session;
import java.nio.channels.ClosedChannelException;

/// Counts how handshakes with clients end, then leaves the pipeline.
@Sharable
public final class HandshakeWatch extends ChannelInboundHandlerAdapter {

  private final Observer observer;

  public HandshakeWatch(Observer observer) {
    this.observer = observer;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent done) {
      count(ctx, done);
      ctx.fireUserEventTriggered(event);
      ctx.pipeline().remove(this);
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  private void count(ChannelHandlerContext ctx, SslHandshakeCompletionEvent done) {
    Session agreed = Session.of(ctx.channel());
    if (done.isSuccess() && agreed != null) {
      observer.shaken(agreed.version(), agreed.resumed());
    } else {
      observer.notShaken(reason(done.cause()));
    }
  }

  private static String reason(@org.jspecify.annotations.Nullable Throwable cause) {
    if (cause instanceof SslHandshakeTimeoutException) {
      return "timeout";
    }
    return cause instanceof ClosedChannelException ? "closed" : "refused";
  }
}
