package io.portcullis.proxy.tls;

import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import io.portcullis.proxy.snapshot.ListenerSnapshot;
import io.portcullis.proxy.snapshot.ServerIdentity;
import io.portcullis.proxy.snapshot.ServerNames;
import io.portcullis.proxy.snapshot.Snapshot;
import java.lang.ref.Reference;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// The port through which session-ticket keys come in: from the farm, so that a client resumes on any node, or from
/// [OwnTicketKeys] where there is no farm. Clients keep the sessions; this node keeps none (RFC 5077).
///
/// | field | owner |
/// |---|---|
/// | keys, covered | whoever holds `lock`; never an event loop |
///
/// BoringSSL reads the keys of a context under a lock of its own, so they change under running handshakes.
public final class TicketKeyring {

  /// The farm keeps three (previous, current, next); a ticket of an older key costs its client a full handshake.
  public static final int MOST_KEYS = 4;

  private final ReentrantLock lock = new ReentrantLock();
  private final Set<SslContext> covered = Collections.newSetFromMap(new WeakHashMap<>());
  private List<TicketKey> keys = List.of();

  /// From now on new tickets are sealed with the first key, and tickets of any of them are taken.
  public void use(List<TicketKey> next) {
    if (next.isEmpty() || next.size() > MOST_KEYS) {
      throw new IllegalArgumentException("1 to " + MOST_KEYS + " ticket keys, not " + next.size());
    }
    lock.lock();
    try {
      keys = List.copyOf(next);
      covered.forEach(this::apply);
    } finally {
      lock.unlock();
    }
  }

  /// Gives the keys to the contexts of a snapshot that is about to be published. Until keys come, each context has a random one of
  /// BoringSSL's, which nobody else knows.
  public void cover(Snapshot snapshot) {
    lock.lock();
    try {
      for (ListenerSnapshot listener : snapshot.listeners().values()) {
        ServerNames names = listener.names();
        if (names != null) {
          names.all().forEach(this::cover);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void cover(ServerIdentity identity) {
    for (SslContext one : identity.contexts()) {
      if (covered.add(one)) {
        apply(one);
      }
    }
  }

  private void apply(SslContext context) {
    try {
      if (!keys.isEmpty() && context.sessionContext() instanceof OpenSslSessionContext sessions) {
        sessions.setTicketKeys(
            keys.stream().map(TicketKey::forBoringSsl).toArray(OpenSslSessionTicketKey[]::new));
      }
    } finally {
      // BoringSSL's context is gone as soon as this one cannot be reached.
      Reference.reachabilityFence(context);
    }
  }
}
