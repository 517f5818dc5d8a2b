package io.portcullis.proxy.upstream;

import io.portcullis.proxy.message.Failure;

/// Waits for a connection. Exactly one of the two is called, on the event loop, never from within the call that asked.
public interface ConnectWaiter {

  void connected(UpstreamConnection connection);

  /// Nothing reached the member.
  void notConnected(Failure failure);
}
