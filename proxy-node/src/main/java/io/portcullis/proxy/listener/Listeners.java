package io.portcullis.proxy.listener;

import io.netty.channel.Channel;
import io.netty.util.concurrent.EventExecutorGroup;
import io.portcullis.proxy.http.Connections;
import io.portcullis.proxy.message.Loops;
import io.portcullis.proxy.message.Transport;
import io.portcullis.proxy.snapshot.CurrentSnapshot;
import io.portcullis.proxy.snapshot.ListenerSnapshot;
import io.portcullis.proxy.snapshot.Snapshot;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/// The addresses a node accepts on, and the event loops behind them.
///
/// | field | owner |
/// |---|---|
/// | shut | whoever holds `lock`; anybody may read |
/// | bound | whoever holds `lock`; replaced, never changed in place, so that readers need no lock |
/// | loops | made here, shut down by [#stop] |
///
/// Order for a new revision: [#reconcile] first (it can fail and then has changed nothing), [CurrentSnapshot#publish] next.
public final class Listeners {

  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final CurrentSnapshot current;
  private final Connections connections;
  private final Transport transport;
  private final Loops loops;
  private final Binder binder;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile Map<String, BoundListener> bound = Map.of();
  private volatile boolean shut;

  /// One event loop per processor.
  public Listeners(CurrentSnapshot current, Connections connections, Transport transport) {
    this(current, connections, transport, Runtime.getRuntime().availableProcessors());
  }

  public Listeners(
      CurrentSnapshot current, Connections connections, Transport transport, int loopCount) {
    this.current = current;
    this.connections = connections;
    this.transport = transport;
    this.loops = transport.newLoops(loopCount);
    this.binder = new Binder(transport, loops);
  }

  /// Binds what `next` asks for and is not bound yet, then closes what it does not ask for. When a bind fails, what was bound by this
  /// call is closed again and everything stays as it was.
  public void reconcile(Snapshot next) throws ListenerRefused {
    lock.lock();
    try {
      if (shut) {
        return;
      }
      Map<String, BoundListener> before = bound;
      Map<String, BoundListener> after = new LinkedHashMap<>();
      List<BoundListener> added = new ArrayList<>();
      for (ListenerSnapshot wanted : next.listeners().values()) {
        BoundListener kept = before.get(wanted.name());
        if (kept != null && kept.asked().equals(wanted.bind())) {
          after.put(wanted.name(), kept);
          continue;
        }
        // Not the listener itself: its door would keep this snapshot, and the keys in it, for as
        // long as it is open.
        String name = wanted.name();
        try {
          BoundListener fresh =
              binder.bind(wanted, before.values(), channel -> dress(channel, name));
          added.add(fresh);
          after.put(wanted.name(), fresh);
        } catch (ListenerRefused refused) {
          added.forEach(BoundListener::close);
          throw refused;
        }
      }
      bound = Map.copyOf(after);
      before.forEach((name, old) -> {
        if (!after.containsValue(old)) {
          old.close();
        }
        if (!after.containsKey(name)) {
          connections.drain(loops, name);
        }
      });
    } finally {
      lock.unlock();
    }
  }

  /// Asks for what `next` wants and is not bound yet, and lets go of it at once.
  ///
  /// @throws ListenerRefused if another process has it, or this one may not
  public void rehearse(Snapshot next) throws ListenerRefused {
    Map<String, BoundListener> now = bound;
    for (ListenerSnapshot wanted : next.listeners().values()) {
      BoundListener kept = now.get(wanted.name());
      if (kept == null || !kept.asked().equals(wanted.bind())) {
        binder.probe(wanted, now.values());
      }
    }
  }

  /// Stops accepting, closes idle connections, and lets running exchanges finish; until [#reopen] nothing is bound.
  public void shut() {
    lock.lock();
    try {
      shut = true;
      bound.values().forEach(BoundListener::close);
      bound = Map.of();
    } finally {
      lock.unlock();
    }
    connections.drainAll(loops);
  }

  /// Accepts again, on what `now` asks for.
  public void reopen(Snapshot now) throws ListenerRefused {
    lock.lock();
    try {
      shut = false;
      connections.welcome();
      reconcile(now);
    } finally {
      lock.unlock();
    }
  }

  /// Between [#shut] and [#reopen].
  public boolean isShut() {
    return shut;
  }

  /// Closes every connection, whatever runs on it.
  public void cut() {
    connections.cut(loops);
  }

  private void dress(Channel channel, String listener) {
    ConnectionDress.dress(channel, listener, current, connections);
  }

  /// What is bound, by listener name; the port is the real one where the configuration asked for 0.
  public Map<String, InetSocketAddress> boundAddresses() {
    Map<String, InetSocketAddress> addresses = new TreeMap<>();
    bound.forEach((name, listener) -> addresses.put(name, listener.address()));
    return addresses;
  }

  /// Stops accepting, closes idle connections, lets running exchanges finish (their responses say `Connection: close`) for at most
  /// `cap`, then ends the event loops. Returns true if everything finished by itself.
  public boolean stop(Duration cap) {
    lock.lock();
    try {
      bound.values().forEach(BoundListener::close);
      bound = Map.of();
    } finally {
      lock.unlock();
    }
    connections.drainAll(loops);
    boolean finished = awaitNoConnections(cap);
    loops.end();
    return finished;
  }

  private boolean awaitNoConnections(Duration cap) {
    long deadline = System.nanoTime() + cap.toNanos();
    while (connections.open() > 0) {
      if (System.nanoTime() - deadline >= 0) {
        return false;
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    return true;
  }

  /// The event loops, for whoever measures them.
  public EventExecutorGroup loops() {
    return loops;
  }

  public Transport transport() {
    return transport;
  }
}
