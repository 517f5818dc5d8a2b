package io.portcullis.proxy.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.portcullis.proxy.http.Connections;
import io.portcullis.proxy.limit.Access;
import io.portcullis.proxy.limit.ListenerLimits;
import io.portcullis.proxy.limit.SourceCounts;
import io.portcullis.proxy.message.Failure;
import java.net.InetAddress;

/// Lets a new connection in, or closes it before it has cost more than its accept: no handshake is begun, nothing is allocated, and a
/// reset leaves nothing behind in the kernel.
final class Turnstile {

  private Turnstile() {}

  /// @param client where the connection comes from
  /// @return false if the connection was refused, and closed
  static boolean admits(
      Access access, boolean tls, InetAddress client, Channel channel, Connections connections) {
    ListenerLimits limits = access.listener();
    if (limits == null) {
      return true;
    }
    long source = Access.sourceOf(client);
    if (tls && !limits.allowsHandshake(source)) {
      refuse(channel, connections, Failure.HANDSHAKE_LIMIT);
      return false;
    }
    int taken = limits.connect(source);
    if (taken == SourceCounts.REFUSED) {
      refuse(channel, connections, Failure.CONNECTION_LIMIT);
      return false;
    }
    if (taken != SourceCounts.UNCOUNTED) {
      channel.closeFuture().addListener(_ -> limits.disconnected(taken));
    }
    return true;
  }

  private static void refuse(Channel channel, Connections connections, Failure why) {
    connections.refused(why);
    boolean _ = channel.config().setOption(ChannelOption.SO_LINGER, 0);
    channel.close();
  }
}
