package io.portcullis.proxy.exchange;

import io.netty.channel.Channel;
import io.portcullis.proxy.observe.NodeCounters;
import io.portcullis.proxy.snapshot.CurrentSnapshot;

/// What all exchanges of a node share.
public final class Exchanges {

  private final CurrentSnapshot current;
  private final NodeCounters counters;

  public Exchanges(CurrentSnapshot current, NodeCounters counters) {
    this.current = current;
    this.counters = counters;
  }

  /// A client has connected.
  ///
  /// @param tls the client speaks TLS; the members of whatever pool it is sent to will be spoken to in TLS too
  public Session open(Client client, Channel channel, String listener, boolean tls) {
    counters.connectionOpened();
    return new Session(this, client, channel, listener, tls);
  }

  public long open() {
    return counters.connectionsOpen();
  }

  CurrentSnapshot current() {
    return current;
  }

  NodeCounters counters() {
    return counters;
  }
}
