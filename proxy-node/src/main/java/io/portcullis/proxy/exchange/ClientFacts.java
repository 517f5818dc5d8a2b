package io.portcullis.proxy.exchange;

import io.netty.channel.Channel;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.Attribute;
import io.netty.util.AttributeKey;
import io.portcullis.proxy.message.ClientAddress;
import io.portcullis.proxy.observe.ConnectionFacts;
import io.portcullis.proxy.secure.Session;
import java.net.InetSocketAddress;

/// Reads off a connection, once, what the records of its exchanges share.
final class ClientFacts {

  private static final AttributeKey<ConnectionFacts> SHARED =
      AttributeKey.valueOf(ClientFacts.class, "shared");

  private ClientFacts() {}

  /// Streams of HTTP/2 are channels on top of their connection's, and share what is known of it: the log makes its words once.
  static ConnectionFacts of(String listener, Channel channel) {
    if (!(channel.parent() instanceof SocketChannel below)) {
      return read(listener, channel, channel);
    }
    Attribute<ConnectionFacts> shared = below.attr(SHARED);
    ConnectionFacts known = shared.get();
    if (known == null) {
      known = read(listener, channel, below);
      shared.set(known);
    }
    return known;
  }

  private static ConnectionFacts read(String listener, Channel channel, Channel connection) {
    InetSocketAddress client = ClientAddress.of(channel);
    Session tls = Session.of(connection);
    return tls == null
        ? new ConnectionFacts(listener, client, "", "", false)
        : new ConnectionFacts(listener, client, tls.version(), tls.cipher(), tls.resumed());
  }
}
