package io.portcullis.proxy.exchange;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.portcullis.proxy.message.ClientAddress;
import io.portcullis.proxy.observe.ConnectionFacts;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// Reads off a connection, once, what the records of its exchanges share.
final class ClientFacts {

  private ClientFacts() {}

  static ConnectionFacts of(String listener, Channel channel) {
    InetSocketAddress client = ClientAddress.of(channel);
    SslHandler tls = tlsOf(channel);
    if (tls == null) {
      return new ConnectionFacts(listener, client, "", "", false);
    }
    SSLSession session = tls.engine().getSession();
    return new ConnectionFacts(
        listener,
        client,
        session.getProtocol(),
        session.getCipherSuite(),
        ConnectionFacts.isResumed(tls.engine()));
  }

  /// A stream of HTTP/2 is a channel on top of its connection's.
  private static @Nullable SslHandler tlsOf(Channel channel) {
    SslHandler own = channel.pipeline().get(SslHandler.class);
    return own != null || channel.parent() == null
        ? own
        : channel.parent().pipeline().get(SslHandler.class);
  }
}
