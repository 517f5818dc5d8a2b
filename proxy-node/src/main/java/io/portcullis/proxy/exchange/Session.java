package io.portcullis.proxy.exchange;

import io.netty.channel.Channel;
import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.message.Failure;
import io.portcullis.proxy.message.ParsedRequest;
import io.portcullis.proxy.observe.NodeCounters;
import io.portcullis.proxy.persistence.SourceKey;
import io.portcullis.proxy.snapshot.Snapshot;
import io.portcullis.proxy.upstream.ConnectionOwner;
import io.portcullis.proxy.upstream.UpstreamConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One downstream connection across its exchanges: who the client is, and the upstream connections that are its own.
///
/// NTLM and Negotiate authenticate a connection, not a request. A private upstream connection therefore serves this client only, until
/// either side closes; then both close.
public final class Session implements ConnectionOwner {

  private static final InetAddress NOWHERE = InetAddress.ofLiteral("0.0.0.0");

  private final Exchanges exchanges;
  private final Client client;
  private final Channel channel;
  private final String listener;
  private final boolean tls;
  private final List<UpstreamConnection> own = new ArrayList<>(1);
  private boolean closed;

  Session(Exchanges exchanges, Client client, Channel channel, String listener, boolean tls) {
    this.exchanges = exchanges;
    this.client = client;
    this.channel = channel;
    this.listener = listener;
    this.tls = tls;
  }

  /// Begins the exchange of a request that has just been parsed. The head is not needed after this call.
  ///
  /// @param bodyFollows [Exchange#requestEnd] will be called
  public Exchange begin(ParsedRequest head, boolean bodyFollows) {
    return new Exchange(this, head, bodyFollows);
  }

  /// The client is gone: its private upstream connections go too.
  public void close() {
    if (!closed) {
      closed = true;
      own.forEach(UpstreamConnection::close);
      own.clear();
      counters().connectionClosed();
    }
  }

  @Override
  public void idleClosed(UpstreamConnection connection) {
    own.remove(connection);
    client.privateClosed();
  }

  @Nullable UpstreamConnection ownConnectionTo(MemberPool pool) {
    for (UpstreamConnection one : own) {
      if (one.pool().name().equals(pool.name())) {
        return one;
      }
    }
    return null;
  }

  void own(UpstreamConnection connection) {
    if (!connection.isOwnedForLife()) {
      connection.ownForLife(this);
      own.add(connection);
    }
  }

  void disown(UpstreamConnection connection) {
    own.remove(connection);
    connection.close();
  }

  long source(MemberPool pool) {
    InetAddress address =
        channel.remoteAddress() instanceof InetSocketAddress remote ? remote.getAddress() : NOWHERE;
    return SourceKey.of(address, pool.ipv4Prefix(), pool.ipv6Prefix());
  }

  Snapshot snapshot() {
    return exchanges.current().current();
  }

  NodeCounters counters() {
    return exchanges.counters();
  }

  /// A message that could not be read was counted nowhere else.
  public void refused(Failure failure) {
    counters().failed(failure);
  }

  Client client() {
    return client;
  }

  Channel channel() {
    return channel;
  }

  String listener() {
    return listener;
  }

  boolean isTls() {
    return tls;
  }

  boolean isClosed() {
    return closed;
  }
}
