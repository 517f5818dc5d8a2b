package io.portcullis.proxy.exchange;

import io.portcullis.proxy.balance.Balancer;
import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.message.Failure;
import io.portcullis.proxy.message.Limits;
import io.portcullis.proxy.observe.Choice;
import io.portcullis.proxy.upstream.ConnectWaiter;
import io.portcullis.proxy.upstream.ConnectionCache;
import io.portcullis.proxy.upstream.Connector;
import io.portcullis.proxy.upstream.UpstreamConnection;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds a member that takes a connection: the one that owns the source, else the balancer's choice, then its next one, until a
/// connection stands or nobody is left.
/// Only connecting is tried again; once a connection is handed over, the request is never sent a second time.
final class MemberSearch implements ConnectWaiter {

  private final Session session;
  private final MemberPool pool;
  private final Balancer balancer;
  private final ConnectWaiter then;
  private final long key;
  private Set<Member> tried = Set.of();
  private @Nullable Member trying;
  private Failure last = Failure.NO_MEMBER;
  private Choice choice = Choice.BALANCER;

  MemberSearch(Session session, MemberPool pool, Balancer balancer, ConnectWaiter then) {
    this.session = session;
    this.pool = pool;
    this.balancer = balancer;
    this.then = then;
    this.key = pool.selection().isBySource() ? session.source(pool) : pool.selection().nextTurn();
  }

  /// @param now of `System.nanoTime()`, a moment ago
  /// @return a connection that is there already; null if `then` will be called
  @Nullable UpstreamConnection begin(long now) {
    Member member = first(now);
    if (member != null && !pool.privateConnections()) {
      UpstreamConnection kept = ConnectionCache.ofThisLoop().take(pool, member, session.isTls());
      if (kept != null) {
        session.served(pool, member);
        return kept;
      }
    }
    connect(member);
    return null;
  }

  /// A source stays with its member for as long as that can serve it, draining or not; after a failed connection it is served elsewhere
  /// for a moment without being moved.
  private @Nullable Member first(long now) {
    Member owner = session.owner(pool);
    if (owner != null && owner.keepsItsSources() && !owner.isSuspect(now)) {
      choice = Choice.BINDING;
      return owner;
    }
    return balancer.pick(pool, key, tried, now);
  }

  /// Who chose the member that was tried last.
  Choice choice() {
    return choice;
  }

  /// As [#begin], but on a new connection only.
  void beginAfresh() {
    connect(first(System.nanoTime()));
  }

  private void connect(@Nullable Member member) {
    trying = member;
    if (member == null) {
      // Later, as all other answers: the caller may still be in the middle of something.
      session.channel().eventLoop().execute(() -> then.notConnected(last));
    } else {
      Connector.connect(session.channel(), pool, member, session.isTls(), this);
    }
  }

  @Override
  public void connected(UpstreamConnection connection) {
    connection.member().trusted();
    session.served(pool, connection.member());
    session.counters().upstreamConnected();
    then.connected(connection);
  }

  @Override
  public void notConnected(Failure failure) {
    Member failed = trying;
    last = failure;
    if (failed != null) {
      session.counters().failed(failure);
      if (failure != Failure.MEMBER_FULL) {
        failed.suspectFor(Limits.SUSPECT.toNanos(), System.nanoTime());
      }
      if (tried.isEmpty()) {
        tried = new HashSet<>();
      }
      tried.add(failed);
    }
    if (session.isClosed() || !failure.mayRetry()) {
      then.notConnected(failure);
    } else {
      choice = Choice.BALANCER;
      connect(balancer.pick(pool, key, tried, System.nanoTime()));
    }
  }
}
