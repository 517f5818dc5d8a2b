package io.portcullis.proxy.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.portcullis.proxy.exchange.Exchanges;
import io.portcullis.proxy.message.Failure;
import io.portcullis.proxy.relay.Loop;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// The clients' connections: makes the handler of a new one, and tells those that exist when to go.
public final class Connections {

  private final Exchanges exchanges;
  private final Patience patience;
  private final Map<Way, Door> doors = new ConcurrentHashMap<>();
  private volatile boolean stopping;

  private record Way(String listener, boolean tls) {}

  public Connections(Exchanges exchanges) {
    this(exchanges, Patience.DEFAULT);
  }

  public Connections(Exchanges exchanges, Patience patience) {
    this.exchanges = exchanges;
    this.patience = patience;
  }

  /// Whether one more client may connect.
  public boolean admits(Channel client) {
    return exchanges.admitsConnection(client);
  }

  /// The last handler of a connection's pipeline.
  public ChannelHandler handler(String listener, boolean tls) {
    return new DownstreamConnection(
        doors.computeIfAbsent(
            new Way(listener, tls),
            way -> new Door(exchanges, () -> stopping, patience, way.listener(), way.tls())));
  }

  /// How long clients may take.
  public Patience patience() {
    return patience;
  }

  /// Stands right behind TLS.
  public ChannelHandler handshakes() {
    return exchanges.handshakes();
  }

  /// Connections of a listener that is no more: idle ones close, busy ones after their exchange.
  public void drain(EventLoopGroup loops, String listener) {
    each(loops, one -> one.listener().equals(listener), Drainable::drain);
  }

  public void drainAll(EventLoopGroup loops) {
    stopping = true;
    each(loops, _ -> true, Drainable::drain);
  }

  /// New connections are no longer the last of their kind.
  public void welcome() {
    stopping = false;
  }

  /// Closes every connection, in the middle of whatever it does.
  public void cut(EventLoopGroup loops) {
    each(loops, _ -> true, one -> one.context().close());
  }

  /// Nothing new begins on a connection that is made now.
  public boolean isStopping() {
    return stopping;
  }

  private static void each(
      EventLoopGroup loops, Predicate<Drainable> which, Consumer<Drainable> action) {
    for (EventExecutor executor : loops) {
      EventLoop loop = (EventLoop) executor;
      loop.execute(() ->
          Loop.of(loop)
              .forEach(one -> {
                if (one instanceof Drainable client && which.test(client)) {
                  action.accept(client);
                }
              }));
    }
  }

  /// A client was turned away before it became a connection.
  public void refused(Failure why) {
    exchanges.refused(why);
  }

  /// A load balancer did not say for whom it connects.
  public void proxyHeaderRefused() {
    exchanges.proxyHeaderRefused();
  }

  /// Clients connected at the moment.
  public long open() {
    return exchanges.open();
  }
}
