package io.portcullis.proxy.exchange;

import io.netty.channel.Channel;
import io.netty.channel.socket.SocketChannel;
import io.portcullis.proxy.message.ClientAddress;
import io.portcullis.proxy.observe.ConnectionFacts;
import io.portcullis.proxy.secure.Session;
import java.net.InetSocketAddress;

/// Reads off a connection, once, what the records of its exchanges share.
final class ClientFacts {

  private ClientFacts() {}

  static ConnectionFacts of(String listener, Channel channel) {
    InetSocketAddress client = ClientAddress.of(channel);
    // A stream of HTTP/2 is a channel on top of its connection's.
    Session tls = Session.of(channel.parent() instanceof SocketChannel below ? below : channel);
    return tls == null
        ? new ConnectionFacts(listener, client, "", "", false)
        : new ConnectionFacts(listener, client, tls.version(), tls.cipher(), tls.resumed());
  }
}
