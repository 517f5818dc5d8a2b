package io.portcullis.proxy.exchange;

import io.netty.buffer.ByteBuf;
import io.portcullis.proxy.balance.Balancer;
import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.message.BodyFraming;
import io.portcullis.proxy.message.Failure;
import io.portcullis.proxy.message.Limits;
import io.portcullis.proxy.message.ParsedRequest;
import io.portcullis.proxy.message.ParsedResponse;
import io.portcullis.proxy.observe.AccessRecord;
import io.portcullis.proxy.observe.Choice;
import io.portcullis.proxy.relay.Loop;
import io.portcullis.proxy.relay.Pump;
import io.portcullis.proxy.rule.Decision;
import io.portcullis.proxy.upstream.ConnectWaiter;
import io.portcullis.proxy.upstream.ConnectionCache;
import io.portcullis.proxy.upstream.ResponseSink;
import io.portcullis.proxy.upstream.UpstreamConnection;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The half of an exchange that looks to the pool: the request on its way there, the connection it goes out on, and what becomes of
/// that connection afterwards. All calls on the event loop.
final class MemberSide {

  private static final int NOTHING = -1;

  private final Session session;
  private final Decision.Forward how;
  private final MemberPool pool;
  private final AccessRecord record;
  private Pump requests;
  private @Nullable MemberSearch search;
  private @Nullable UpstreamConnection connection;
  private boolean isHead;
  private boolean http11;
  private boolean makesPrivate;
  private int upgrade = NOTHING;
  private @Nullable ByteBuf whole;
  private @Nullable ByteBuf spare;
  private boolean ended;

  MemberSide(Session session, Decision.Forward how, AccessRecord record) {
    this.session = session;
    this.how = how;
    this.pool = how.pool();
    this.record = record;
    this.requests = new Pump(session.client());
    record.toPool(pool.name());
  }

  /// The head of the request, as the rule lets it through; it waits for a connection.
  void head(ParsedRequest request, boolean bodyFollows) {
    isHead = request.isHead();
    http11 = request.http11();
    makesPrivate = request.connectionAuth();
    // A body in front of another protocol would be read in two ways by somebody.
    upgrade = bodyFollows ? NOTHING : request.upgrade(how.upgrades());
    request.tell(how.forwarding(), session.address(), session.isTls());
    ByteBuf out =
        request.toMember(
            session.channel().alloc(),
            how.dropAuthorization(),
            upgrade != NOTHING,
            bodyFollows ? Limits.BODY_WITH_HEAD_BYTES : 0);
    boolean maySendTwice =
        !pool.privateConnections() && !makesPrivate && !bodyFollows && upgrade == NOTHING;
    if (maySendTwice && request.isIdempotent()) {
      whole = out;
    }
    pass(out);
  }

  /// The member switches to what the client asked for, and the rule allows it.
  boolean agrees(ParsedResponse switching) {
    return upgrade != NOTHING && switching.upgrade(how.upgrades()) == upgrade;
  }

  Duration tunnelIdle() {
    return how.upgrades().idle();
  }

  BodyFraming framing(ParsedResponse response) {
    return response.framing(isHead);
  }

  MemberPool pool() {
    return pool;
  }

  /// Null until a connection stands, and again when it was given back or dropped.
  @Nullable UpstreamConnection connection() {
    return connection;
  }

  /// Finds the client's own connection to the pool, or looks for a member.
  ///
  /// @return a connection that is there already, not necessarily usable; null if `waiter` will be called
  @Nullable UpstreamConnection find(Balancer balancer, ConnectWaiter waiter) {
    UpstreamConnection own = session.ownConnectionTo(pool);
    if (own != null) {
      return own;
    }
    MemberSearch begun = new MemberSearch(session, pool, balancer, waiter);
    search = begun;
    return begun.begin(record.beganNanos());
  }

  private Choice because(UpstreamConnection found) {
    if (found.isOwnedForLife()) {
      return Choice.CONNECTION;
    }
    MemberSearch by = search;
    return by == null ? Choice.BALANCER : by.choice();
  }

  /// Sends the request on `found`, which from now on belongs to this exchange.
  ///
  /// @return false if the connection carries the identity of somebody else: nothing was sent, and it is closed
  boolean use(UpstreamConnection found, ResponseSink sink) {
    record.toMember(found.member().host(), because(found));
    if (!session.mayUse(found)) {
      found.close();
      return false;
    }
    connection = found;
    if (pool.privateConnections() || makesPrivate) {
      session.own(found);
    }
    keepSpare(found);
    found.member().openExchanges().incrementAndGet();
    found.begin(sink, isHead, !http11);
    requests.attach(found.context());
    return true;
  }

  /// A cached connection may have been closed by the member a moment ago. Whatever is written to it is lost then, and an idempotent
  /// request without a body may be sent once more, on a new connection.
  private void keepSpare(UpstreamConnection found) {
    ByteBuf head = whole;
    whole = null;
    if (head != null && found.isReused() && !found.isOwnedForLife()) {
      spare = head.retainedDuplicate();
    }
  }

  /// After the connection closed: sends the request, which nobody has read, on a new connection.
  ///
  /// @return false if it must not be
  boolean resend(Failure failure, Balancer balancer, ConnectWaiter waiter) {
    ByteBuf again = spare;
    if (again == null || failure != Failure.MEMBER_CLOSED || !isStale()) {
      return false;
    }
    spare = null;
    drop();
    requests.end();
    requests = new Pump(session.client());
    requests.pass(again);
    session.counters().resent();
    MemberSearch afresh = new MemberSearch(session, pool, balancer, waiter);
    search = afresh;
    afresh.beginAfresh();
    return true;
  }

  private boolean isStale() {
    UpstreamConnection from = connection;
    return from != null
        && from.isStale()
        && !from.isOwnedForLife()
        && System.nanoTime() - record.toMemberNanos() <= Limits.STALE_CONNECTION.toNanos();
  }

  boolean isEnded() {
    return ended;
  }

  /// Ownership of `part` passes. Not after [#end].
  void pass(ByteBuf part) {
    requests.pass(part);
  }

  void flush() {
    if (!ended) {
      requests.flush();
    }
  }

  void writable() {
    if (!ended) {
      requests.sinkWritable();
    }
  }

  /// The member reads what it is sent.
  boolean takes() {
    UpstreamConnection from = connection;
    return from == null || from.context().channel().isWritable();
  }

  void reading(boolean on) {
    UpstreamConnection from = connection;
    if (from != null) {
      from.reading(on);
    }
  }

  /// The member is due nothing more.
  void end() {
    if (!ended) {
      ended = true;
      requests.end();
      ByteBuf kept = spare;
      if (kept != null) {
        spare = null;
        kept.release();
      }
    }
  }

  /// After a whole exchange: the connection waits for the next request of this client, or of the next client, or closes.
  ///
  /// @param keep the client's connection stays open
  /// @param requestDone the member has the whole request
  /// @return false if the client's connection cannot stay open, because the private connection under it is gone
  boolean release(boolean keep, boolean requestDone) {
    UpstreamConnection from = connection;
    if (from == null) {
      return true;
    }
    if (requestDone) {
      // What the pump still holds must leave before anything else is written there.
      flush();
    }
    connection = null;
    from.member().openExchanges().decrementAndGet();
    from.member().answered();
    from.reading(true);
    if (from.isOwnedForLife()) {
      if (keep && requestDone && from.isUsable()) {
        from.release(session);
        return true;
      }
      session.disown(from);
      return false;
    }
    if (requestDone && from.isUsable()) {
      ConnectionCache.ofThisLoop().put(from, Loop.of(session.channel().eventLoop()));
    } else {
      from.close();
    }
    return true;
  }

  /// The member failed, not the client.
  void failed(Failure failure) {
    UpstreamConnection from = connection;
    if (from != null && failure.isBreak()) {
      from.member().brokeOff(System.nanoTime());
    }
  }

  /// Closes the connection, whatever state it is in.
  void drop() {
    UpstreamConnection from = connection;
    if (from != null) {
      connection = null;
      from.member().openExchanges().decrementAndGet();
      session.disown(from);
    }
  }
}
