package io.portcullis.proxy.message;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.net.InetSocketAddress;

/// Where the client of a connection is: the other end of it, or what a trusted load balancer in front conveyed. The only place to ask.
public final class ClientAddress {

  private static final AttributeKey<InetSocketAddress> CONVEYED =
      AttributeKey.valueOf(ClientAddress.class, "conveyed");

  /// A channel that is closing may not know its peer any more.
  private static final InetSocketAddress NOWHERE = new InetSocketAddress("0.0.0.0", 0);

  private ClientAddress() {}

  public static InetSocketAddress of(Channel channel) {
    // A stream of HTTP/2 is a channel on top of its connection's.
    for (Channel one = channel; one != null; one = one.parent()) {
      InetSocketAddress conveyed = one.hasAttr(CONVEYED) ? one.attr(CONVEYED).get() : null;
      if (conveyed != null) {
        return conveyed;
      }
    }
    return channel.remoteAddress() instanceof InetSocketAddress peer ? peer : NOWHERE;
  }

  public static void convey(Channel channel, InetSocketAddress client) {
    channel.attr(CONVEYED).set(client);
  }
}
