package io.portcullis.proxy.exchange;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.portcullis.proxy.message.Failure;
import io.portcullis.proxy.message.HeadRoom;
import io.portcullis.proxy.observe.HandshakeWatch;
import io.portcullis.proxy.observe.NodeCounters;
import io.portcullis.proxy.observe.Observer;
import io.portcullis.proxy.persistence.Bindings;
import io.portcullis.proxy.snapshot.CurrentSnapshot;
import io.portcullis.proxy.upstream.UpstreamConnection;
import java.util.concurrent.atomic.AtomicLong;

/// What all exchanges of a node share.
public final class Exchanges {

  private final CurrentSnapshot current;
  private final NodeCounters counters;
  private final Observer observer;
  private final AtomicLong epochs = new AtomicLong(UpstreamConnection.NOBODY);
  private final Bindings bindings;
  private final Capacity capacity;
  private final HandshakeWatch handshakes;

  // Counted from accept to close, whatever they speak: one that shakes hands, or speaks HTTP/2,
  // costs a descriptor too.
  private final AtomicLong sockets = new AtomicLong();
  private final ChannelFutureListener socketClosed = _ -> sockets.decrementAndGet();

  /// Of a node that binds no source: the balancer alone decides.
  public Exchanges(CurrentSnapshot current, NodeCounters counters, Observer observer) {
    this(current, counters, observer, Bindings.none());
  }

  public Exchanges(
      CurrentSnapshot current, NodeCounters counters, Observer observer, Bindings bindings) {
    this(current, counters, observer, bindings, Capacity.ofThisMachine());
  }

  public Exchanges(
      CurrentSnapshot current,
      NodeCounters counters,
      Observer observer,
      Bindings bindings,
      Capacity capacity) {
    this.capacity = capacity;
    this.bindings = bindings;
    this.current = current;
    this.counters = counters;
    this.observer = observer;
    this.handshakes = new HandshakeWatch(observer);
  }

  /// A client has connected.
  ///
  /// @param tls the client speaks TLS; the members of whatever pool it is sent to will be spoken to in TLS too
  public Session open(Client client, Channel channel, String listener, boolean tls) {
    counters.connectionOpened();
    return new Session(this, client, channel, listener, tls);
  }

  /// A client was turned away before anything was asked.
  public void refused(Failure why) {
    counters.failed(why);
  }

  /// One more client may connect; if not, it is counted.
  public boolean admitsConnection(Channel client) {
    boolean admitted = capacity.connection(sockets.get());
    if (admitted) {
      sockets.incrementAndGet();
      client.closeFuture().addListener(socketClosed);
    } else {
      counters.connectionRefused();
    }
    return admitted;
  }

  /// Where the heads of clients lie that have begun and not ended.
  public HeadRoom headRoom() {
    return capacity.heads();
  }

  Capacity capacity() {
    return capacity;
  }

  /// Stands behind TLS in every pipeline that has it, until the handshake is over.
  public ChannelHandler handshakes() {
    return handshakes;
  }

  public long open() {
    return counters.connectionsOpen();
  }

  CurrentSnapshot current() {
    return current;
  }

  /// A new identity epoch: no two clients of this node ever have the same.
  long nextEpoch() {
    return epochs.incrementAndGet();
  }

  Bindings bindings() {
    return bindings;
  }

  Observer observer() {
    return observer;
  }

  /// A load balancer did not say for whom it connects.
  public void proxyHeaderRefused() {
    counters.proxyHeaderRefused();
  }

  NodeCounters counters() {
    return counters;
  }
}
