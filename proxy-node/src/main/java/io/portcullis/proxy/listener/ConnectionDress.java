package io.portcullis.proxy.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.portcullis.proxy.http.Connections;
import io.portcullis.proxy.snapshot.CurrentSnapshot;
import io.portcullis.proxy.snapshot.ListenerSnapshot;
import io.portcullis.proxy.tls.ServerTls;

/// What a new connection wears, in order.
final class ConnectionDress {

  private ConnectionDress() {}

  static void dress(
      Channel channel, String listener, CurrentSnapshot current, Connections connections) {
    ListenerSnapshot now = current.current().listener(listener);
    boolean tls = now != null && now.names() != null;
    if (now != null && !Turnstile.admits(now.access(), tls, channel, connections)) {
      return;
    }
    ChannelPipeline pipeline = channel.pipeline();
    if (tls) {
      pipeline.addLast(ServerTls.handler(current, listener));
    }
    pipeline.addLast(connections.handler(listener, tls));
  }
}
