package io.portcullis.proxy.exchange;

import io.netty.buffer.ByteBuf;

/// What a client's connection is busy with: an exchange, or the tunnel that it became. All calls on the event loop, none after the end.
public sealed interface Running permits Exchange, Tunnel {

  /// Ownership of `part` passes.
  void requestBody(ByteBuf part);

  /// The client has sent all of it.
  void requestEnd();

  /// Nothing more has arrived for now: time to flush.
  void requestReadComplete();

  void clientWritable();

  /// The deadline that was set last has passed.
  void timedOut();

  /// The rest of what the client sends cannot be read.
  void requestRefused();

  void clientGone();
}
