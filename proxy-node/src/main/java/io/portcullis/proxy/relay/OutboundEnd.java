package io.portcullis.proxy.relay;

import io.netty.channel.ChannelHandler;

/// A handler whose protocol has an end of its own for each direction.
public interface OutboundEnd extends ChannelHandler {

  /// Says that nothing more will be written; the other direction stays open.
  void closeOutbound();
}
