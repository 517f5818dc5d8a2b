package io.portcullis.proxy.snapshot;

import io.netty.handler.ssl.SslContext;
import io.portcullis.proxy.balance.Balancer;
import io.portcullis.proxy.member.MemberPool;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One revision, compiled. Immutable; an exchange keeps the one it began with.
///
/// @param revision number in the farm's history; a node that runs from a file counts its readings; 0 before the first
/// @param tls every TLS context by the hash of what it was made from, for the next compilation to reuse
public record Snapshot(
    long revision,
    Map<String, ListenerSnapshot> listeners,
    List<MemberPool> pools,
    Balancer balancer,
    Map<String, SslContext> tls) {

  /// Before the first publication: no listener, no pool.
  public static final Snapshot EMPTY = new Snapshot(0, Map.of(), List.of(), Balancer.ofPools());

  public Snapshot {
    listeners = Map.copyOf(listeners);
    pools = List.copyOf(pools);
    tls = Map.copyOf(tls);
  }

  public Snapshot(
      long revision,
      Map<String, ListenerSnapshot> listeners,
      List<MemberPool> pools,
      Balancer balancer) {
    this(revision, listeners, pools, balancer, Map.of());
  }

  public @Nullable ListenerSnapshot listener(String name) {
    return listeners.get(name);
  }
}
