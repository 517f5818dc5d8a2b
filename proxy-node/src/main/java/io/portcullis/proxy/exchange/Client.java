package io.portcullis.proxy.exchange;

import io.netty.channel.ChannelHandlerContext;
import io.portcullis.proxy.relay.Reading;
import java.time.Duration;

/// The downstream side of an exchange, as the exchange sees it. All calls on the event loop.
public interface Client extends Reading {

  /// Where responses are written.
  ChannelHandlerContext context();

  /// Call [Exchange#timedOut] if nothing sets another deadline before this one has passed.
  void deadline(Duration in);

  /// The node stops, or the listener is going: this exchange is the last one of its connection.
  boolean isLast();

  /// The exchange has become a tunnel: from now on every byte of the client is its.
  void switched(Running tunnel);

  /// The exchange is over and its response is flushed.
  ///
  /// @param keep the connection may carry another request
  void ended(boolean keep);

  /// A private upstream connection closed while idle: this connection goes too, after the exchange that runs, if one does.
  void privateClosed();

  /// The response cannot be completed; the client must see that.
  void aborted();
}
