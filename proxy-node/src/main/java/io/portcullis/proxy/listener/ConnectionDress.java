package io.portcullis.proxy.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.portcullis.proxy.http.Connections;
import io.portcullis.proxy.message.ClientAddress;
import io.portcullis.proxy.snapshot.CurrentSnapshot;
import io.portcullis.proxy.snapshot.ListenerSnapshot;
import io.portcullis.proxy.snapshot.ServerNames;
import io.portcullis.proxy.tls.ServerTls;
import java.net.InetAddress;

/// What a new connection wears, in order.
final class ConnectionDress {

  private ConnectionDress() {}

  static void dress(
      Channel channel, String listener, CurrentSnapshot current, Connections connections) {
    if (!connections.admits(channel)) {
      // A reset leaves nothing behind, neither here nor in the kernel.
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
      channel.close();
      return;
    }
    ListenerSnapshot now = current.current().listener(listener);
    ServerNames names = now == null ? null : now.names();
    boolean tls = names != null;
    InetAddress peer = ClientAddress.of(channel).getAddress();
    ChannelPipeline pipeline = channel.pipeline();
    if (now != null && now.balancers().contain(peer)) {
      // A balancer's address stands for all clients behind it: what one source may do is counted
      // when the header has said for whom it connects.
      pipeline.addLast(new ProxyHeaderReader(now, connections));
    } else if (now != null && !Turnstile.admits(now.access(), tls, peer, channel, connections)) {
      return;
    }
    if (tls) {
      pipeline.addLast(ServerTls.handler(current, listener));
      pipeline.addLast(connections.handshakes());
    }
    if (names != null && names.offersHttp2()) {
      pipeline.addLast(new ProtocolDoor(listener, current, connections));
    } else {
      pipeline.addLast(connections.handler(listener, tls));
    }
  }
}
