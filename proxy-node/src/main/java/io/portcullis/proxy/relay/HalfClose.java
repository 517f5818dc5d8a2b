package io.portcullis.proxy.relay;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;

/// Ends one direction of a connection and leaves the other open.
public final class HalfClose {

  private HalfClose() {}

  /// The other side may end its direction without losing ours.
  public static void allow(ChannelHandlerContext context) {
    context.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
  }

  /// Nothing more will be written, once what was written has left. Over TLS that is a close_notify (RFC 8446 §6.1), else a FIN.
  public static void say(ChannelHandlerContext context) {
    say(context, () -> {});
  }

  /// @param then runs when it has been said
  public static void say(ChannelHandlerContext context, Runnable then) {
    context
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            (ChannelFutureListener)
                written -> {
                  OutboundEnd tls = context.pipeline().get(OutboundEnd.class);
                  if (!written.isSuccess()) {
                    written.channel().close();
                    return;
                  }
                  if (tls != null) {
                    tls.closeOutbound();
                  } else if (written.channel() instanceof DuplexChannel channel) {
                    channel.shutdownOutput();
                  }
                  then.run();
                });
  }
}
