package io.portcullis.proxy.http;

import io.netty.channel.ChannelHandlerContext;

/// A client's connection that can be asked to go.
public interface Drainable {

  String listener();

  /// Nothing new begins here; what runs may finish.
  void drain();

  ChannelHandlerContext context();
}
