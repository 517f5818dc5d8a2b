package io.portcullis.proxy.http;

import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.portcullis.proxy.exchange.Exchanges;
import io.portcullis.proxy.relay.Loop;
import java.util.function.Predicate;

/// The clients' connections: makes the handler of a new one, and tells those that exist when to go.
public final class Connections {

  private final Exchanges exchanges;
  private volatile boolean stopping;

  public Connections(Exchanges exchanges) {
    this.exchanges = exchanges;
  }

  /// The last handler of a connection's pipeline.
  public ChannelHandler handler(String listener, boolean tls) {
    return new DownstreamConnection(exchanges, () -> stopping, listener, tls);
  }

  /// Connections of a listener that is no more: idle ones close, busy ones after their exchange.
  public void drain(EventLoopGroup loops, String listener) {
    drain(loops, one -> one.listener().equals(listener));
  }

  public void drainAll(EventLoopGroup loops) {
    stopping = true;
    drain(loops, _ -> true);
  }

  private static void drain(EventLoopGroup loops, Predicate<DownstreamConnection> which) {
    for (EventExecutor executor : loops) {
      EventLoop loop = (EventLoop) executor;
      loop.execute(() ->
          Loop.of(loop)
              .forEach(one -> {
                if (one instanceof DownstreamConnection client && which.test(client)) {
                  client.drain();
                }
              }));
    }
  }

  /// Clients connected at the moment.
  public long open() {
    return exchanges.open();
  }
}
