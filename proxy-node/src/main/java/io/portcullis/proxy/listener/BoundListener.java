package io.portcullis.proxy.listener;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.List;

/// A listener that accepts.
///
/// @param asked the `host:port` of the configuration
/// @param address the address that is really bound
/// @param sockets one per event loop, or a single one where the transport accepts in one place
record BoundListener(String name, String asked, InetSocketAddress address, List<Channel> sockets) {

  BoundListener {
    sockets = List.copyOf(sockets);
  }

  void close() {
    sockets.forEach(socket -> socket.close().awaitUninterruptibly());
  }
}
