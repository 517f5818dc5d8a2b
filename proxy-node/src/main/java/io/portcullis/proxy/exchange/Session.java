package io.portcullis.proxy.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.message.Failure;
import io.portcullis.proxy.message.ParsedRequest;
import io.portcullis.proxy.message.Refusal;
import io.portcullis.proxy.observe.AccessRecord;
import io.portcullis.proxy.observe.ConnectionFacts;
import io.portcullis.proxy.observe.NodeCounters;
import io.portcullis.proxy.relay.Loop;
import io.portcullis.proxy.snapshot.Snapshot;
import io.portcullis.proxy.upstream.ConnectionOwner;
import io.portcullis.proxy.upstream.UpstreamConnection;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One downstream connection across its exchanges: who the client is, and the upstream connections that are its own.
///
/// NTLM and Negotiate authenticate a connection, not a request. A private upstream connection therefore serves this client only, until
/// either side closes; then both close.
public final class Session implements ConnectionOwner {

  private final Exchanges exchanges;
  private final Client client;
  private final Channel channel;
  private final String listener;
  private final boolean tls;
  private final List<UpstreamConnection> own = new ArrayList<>(1);
  private final Ties ties;
  private final ClientSources sources = new ClientSources();
  private @Nullable ConnectionFacts facts;
  private long epoch;
  private long headBeganNanos;
  private boolean headIsSlow;
  private boolean closed;

  Session(Exchanges exchanges, Client client, Channel channel, String listener, boolean tls) {
    this.exchanges = exchanges;
    this.ties = new Ties(exchanges.bindings());
    this.client = client;
    this.channel = channel;
    this.listener = listener;
    this.tls = tls;
    this.epoch = exchanges.nextEpoch();
  }

  /// Begins the exchange of a request that has just been parsed. The head is not needed after this call.
  ///
  /// @param bodyFollows [Exchange#requestEnd] will be called
  public Exchange begin(ParsedRequest head, boolean bodyFollows) {
    AccessRecord record = newRecord();
    record.request(head, head.headBytes());
    return new Exchange(this, head, bodyFollows, record);
  }

  /// The first bytes of a head have come, but not the last.
  public void headBegan() {
    headIsSlow = true;
    headBeganNanos = System.nanoTime();
  }

  private AccessRecord newRecord() {
    long headNanos = headIsSlow ? System.nanoTime() - headBeganNanos : 0;
    headIsSlow = false;
    return new AccessRecord(facts(), headNanos);
  }

  private ConnectionFacts facts() {
    ConnectionFacts known = facts;
    if (known == null) {
      known = ClientFacts.of(listener, channel);
      facts = known;
    }
    return known;
  }

  void ended(AccessRecord record) {
    record.ended();
    exchanges.observer().ended(record);
  }

  /// The last words to a client whose request head cannot be read. Nothing of the head is kept: nobody knows what it is.
  public ByteBuf refuse(Refusal why) {
    AccessRecord record = newRecord();
    record.because(why.why());
    return lastWords(
        record,
        Failure.CLIENT_HEAD_REFUSED,
        why.status(),
        LocalAnswer.refusal(channel.alloc(), why, record.id()));
  }

  /// The last words to a client that did not complete its request head.
  public ByteBuf headTimedOut() {
    AccessRecord record = newRecord();
    Failure late = Failure.CLIENT_HEAD_TIMEOUT;
    return lastWords(
        record,
        late,
        late.status(),
        LocalAnswer.failure(channel.alloc(), late, record.id(), false, true));
  }

  private ByteBuf lastWords(AccessRecord record, Failure failure, int status, ByteBuf page) {
    counters().failed(failure);
    record.failed(failure);
    record.answered(status);
    record.sent(page.readableBytes());
    ended(record);
    return page;
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
    forget(connection);
    client.privateClosed();
  }

  /// The client's identity was partly on this connection: what the others carry is not whole any more, so none of them is used again.
  private void forget(UpstreamConnection connection) {
    if (own.remove(connection)) {
      epoch = exchanges.nextEpoch();
    }
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
      connection.ownForLife(this, epoch);
      own.add(connection);
    }
  }

  /// The one thing that keeps a user from speaking as another: a connection that carries an identity carries this client's.
  boolean mayUse(UpstreamConnection connection) {
    return !connection.isOwnedForLife() || connection.epoch() == epoch;
  }

  void disown(UpstreamConnection connection) {
    forget(connection);
    connection.close();
  }

  /// Where the client is, for all who go by it.
  InetAddress address() {
    return facts().client().getAddress();
  }

  long source(MemberPool pool) {
    return sources.key(address(), pool.persistence());
  }

  /// The member that owns the client's source, if it can still serve it.
  @Nullable Member owner(MemberPool pool) {
    return exchanges.bindings().owner(pool, sources.of(address(), pool.persistence()));
  }

  /// `member` has taken a request: it owns the source from now on, unless another does that still can.
  void served(MemberPool pool, Member member) {
    long now = Loop.of(channel.eventLoop()).now();
    ties.used(pool, sources.of(address(), pool.persistence()), member, now);
  }

  /// Once in a while as long as the client's connection is open.
  public void tick(long now) {
    ties.tick(now);
  }

  Snapshot snapshot() {
    return exchanges.current().current();
  }

  /// What ACME authorities find on clear listeners.
  Map<String, String> proofs() {
    return exchanges.current().proofs().files();
  }

  /// One more request may be forwarded.
  boolean admitsRequest(long now) {
    return exchanges.capacity().request(now);
  }

  NodeCounters counters() {
    return exchanges.counters();
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
