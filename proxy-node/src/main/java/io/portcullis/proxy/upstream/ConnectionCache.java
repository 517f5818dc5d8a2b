package io.portcullis.proxy.upstream;

import io.netty.util.concurrent.FastThreadLocal;
import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.message.Limits;
import io.portcullis.proxy.relay.Loop;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Idle connections of one event loop to the members of shared pools, the most recently used first. Nothing private is ever in here.
public final class ConnectionCache implements ConnectionOwner {

  private static final FastThreadLocal<ConnectionCache> CURRENT =
      new FastThreadLocal<>() {
        @Override
        protected ConnectionCache initialValue() {
          return new ConnectionCache();
        }
      };

  private final IdentityHashMap<Member, ArrayDeque<UpstreamConnection>> idle =
      new IdentityHashMap<>();

  private ConnectionCache() {}

  /// The cache of the event loop that runs the caller.
  public static ConnectionCache ofThisLoop() {
    return CURRENT.get();
  }

  /// @param tls whether the connection must be a TLS one; its trust and verified name must be those of `pool` as it is now
  public @Nullable UpstreamConnection take(MemberPool pool, Member member, boolean tls) {
    ArrayDeque<UpstreamConnection> kept = idle.get(member);
    if (kept == null) {
      return null;
    }
    for (UpstreamConnection one = kept.pollFirst(); one != null; one = kept.pollFirst()) {
      one.busy();
      if (one.isUsable() && isFor(one, pool, tls)) {
        return one;
      }
      one.close();
    }
    idle.remove(member);
    return null;
  }

  private static boolean isFor(UpstreamConnection one, MemberPool pool, boolean tls) {
    boolean isTls = one.context().pipeline().first() != one;
    return isTls == tls
        && (!tls
            || (one.pool().upstreamTls() == pool.upstreamTls()
                && Objects.equals(one.pool().serverName(), pool.serverName())));
  }

  public void put(UpstreamConnection connection, Loop loop) {
    ArrayDeque<UpstreamConnection> kept =
        idle.computeIfAbsent(connection.member(), _ -> new ArrayDeque<>());
    if (!connection.isUsable()
        || connection.isOwnedForLife()
        || kept.size() >= Limits.CACHED_CONNECTIONS) {
      connection.close();
      return;
    }
    connection.release(this);
    connection.idleUntil(loop.deadline(Limits.CACHED_IDLE));
    kept.addFirst(connection);
  }

  @Override
  public void idleClosed(UpstreamConnection connection) {
    ArrayDeque<UpstreamConnection> kept = idle.get(connection.member());
    if (kept != null) {
      kept.remove(connection);
      if (kept.isEmpty()) {
        idle.remove(connection.member());
      }
    }
  }
}
