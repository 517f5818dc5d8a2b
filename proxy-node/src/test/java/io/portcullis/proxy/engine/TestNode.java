package io.portcullis.proxy.engine;

import io.portcullis.farm.binding.BindingReplica;
import io.portcullis.proxy.balance.Balancer;
import io.portcullis.proxy.exchange.Capacity;
import io.portcullis.proxy.exchange.Exchanges;
import io.portcullis.proxy.http.Connections;
import io.portcullis.proxy.http.Patience;
import io.portcullis.proxy.limit.Access;
import io.portcullis.proxy.listener.ListenerRefused;
import io.portcullis.proxy.listener.Listeners;
import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.message.Networks;
import io.portcullis.proxy.message.RequestHead;
import io.portcullis.proxy.message.Transport;
import io.portcullis.proxy.observe.NodeCounters;
import io.portcullis.proxy.observe.Observer;
import io.portcullis.proxy.persistence.Bindings;
import io.portcullis.proxy.rule.Decision;
import io.portcullis.proxy.rule.RuleTable;
import io.portcullis.proxy.snapshot.CurrentSnapshot;
import io.portcullis.proxy.snapshot.ListenerSnapshot;
import io.portcullis.proxy.snapshot.ServerNames;
import io.portcullis.proxy.snapshot.Snapshot;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// The engine under a hand-made snapshot: one listener, members in the order given, rules by the first letters of the path.
final class TestNode implements Closeable {

  static final String LISTENER = "door";

  final NodeCounters counters = new NodeCounters();
  private final AtomicBoolean stopped = new AtomicBoolean();
  final CurrentSnapshot current;
  final Bindings bindings = new Bindings(new BindingReplica(new SplittableRandom(1)::nextLong));
  final Listeners listeners;

  /// The first member of the pool that is not excluded; no health, no chance.
  static final Balancer IN_ORDER =
      (pool, _, exclude, now) ->
          pool.members().stream()
              .filter(member -> !exclude.contains(member) && member.isUsable(now))
              .findFirst()
              .orElse(null);

  private TestNode(Snapshot snapshot, Transport transport) throws ListenerRefused {
    this(snapshot, transport, Observer.NOBODY);
  }

  private TestNode(Snapshot snapshot, Transport transport, Observer observer)
      throws ListenerRefused {
    this(snapshot, transport, observer, Capacity.ofThisMachine(), Patience.DEFAULT);
  }

  private TestNode(
      Snapshot snapshot,
      Transport transport,
      Observer observer,
      Capacity capacity,
      Patience patience)
      throws ListenerRefused {
    current = new CurrentSnapshot(snapshot);
    listeners =
        new Listeners(
            current,
            new Connections(
                new Exchanges(current, counters, observer, bindings, capacity), patience),
            transport,
            2);
    listeners.reconcile(snapshot);
  }

  static TestNode of(MemberPool pool) throws ListenerRefused {
    return new TestNode(snapshot(pool, null, "127.0.0.1:0"), Transport.best());
  }

  static TestNode of(MemberPool pool, Transport transport) throws ListenerRefused {
    return new TestNode(snapshot(pool, null, "127.0.0.1:0"), transport);
  }

  static TestNode bounded(MemberPool pool, Capacity capacity, Patience patience)
      throws ListenerRefused {
    return new TestNode(
        snapshot(pool, null, "127.0.0.1:0"), Transport.best(), Observer.NOBODY, capacity, patience);
  }

  /// Behind a load balancer on this machine that speaks the PROXY protocol; `names` null for clear text.
  static TestNode behind(
      String balancer, MemberPool pool, @Nullable ServerNames names, Observer observer)
      throws ListenerRefused {
    return behind(balancer, pool, names, observer, Access.OPEN);
  }

  static TestNode behind(
      String balancer,
      MemberPool pool,
      @Nullable ServerNames names,
      Observer observer,
      Access access)
      throws ListenerRefused {
    ListenerSnapshot door =
        new ListenerSnapshot(
            LISTENER, "127.0.0.1:0", rules(pool), names, access, Networks.of(List.of(balancer)));
    return new TestNode(
        new Snapshot(1, Map.of(LISTENER, door), List.of(pool), IN_ORDER),
        Transport.best(),
        observer);
  }

  static TestNode observed(MemberPool pool, Observer observer) throws ListenerRefused {
    return new TestNode(snapshot(pool, null, "127.0.0.1:0"), Transport.best(), observer);
  }

  static TestNode tls(MemberPool pool, ServerNames names) throws ListenerRefused {
    return new TestNode(snapshot(pool, names, "127.0.0.1:0"), Transport.best());
  }

  /// Several pools under rules of one's own.
  static TestNode of(RuleTable rules, Balancer balancer, MemberPool... pools)
      throws ListenerRefused {
    return new TestNode(
        new Snapshot(
            1,
            Map.of(LISTENER, new ListenerSnapshot(LISTENER, "127.0.0.1:0", rules, null)),
            List.of(pools),
            balancer),
        Transport.best());
  }

  static Snapshot snapshot(MemberPool pool, @Nullable ServerNames names, String bind) {
    return new Snapshot(
        1,
        Map.of(LISTENER, new ListenerSnapshot(LISTENER, bind, rules(pool), names)),
        List.of(pool),
        IN_ORDER);
  }

  static RuleTable rules(MemberPool pool) {
    return head -> {
      String path = path(head);
      if (path.startsWith("/secure")) {
        return new Decision.RedirectToHttps("secure", 8443);
      }
      if (path.startsWith("/denied")) {
        return new Decision.Reject("default-deny", 404, "denied");
      }
      if (path.startsWith("/anonymous")) {
        return new Decision.Forward("anonymous", pool, true);
      }
      return new Decision.Forward("all", pool, false);
    };
  }

  static String host(RequestHead head) {
    return new String(
        head.bytes(),
        head.hostStart(),
        head.hostEnd() - head.hostStart(),
        StandardCharsets.ISO_8859_1);
  }

  private static String path(RequestHead head) {
    return new String(
        head.bytes(),
        head.pathStart(),
        head.pathEnd() - head.pathStart(),
        StandardCharsets.ISO_8859_1);
  }

  static MemberPool clearPool(boolean isPrivate, int... ports) {
    return pool(isPrivate, Duration.ofSeconds(20), ports);
  }

  static MemberPool pool(boolean isPrivate, Duration patience, int... ports) {
    return pool("pool", isPrivate, patience, ports);
  }

  static MemberPool pool(String name, boolean isPrivate, Duration patience, int... ports) {
    List<Member> members =
        java.util.Arrays.stream(ports)
            .mapToObj(port -> {
              Member member = new Member(name, "fe" + port, 1, port, port);
              member.resolvedTo(InetAddress.getLoopbackAddress());
              return member;
            })
            .toList();
    return new MemberPool(
        name, members, null, null, isPrivate, patience, patience, Duration.ofSeconds(5), 32, 64);
  }

  InetSocketAddress address() {
    InetSocketAddress address = listeners.boundAddresses().get(LISTENER);
    if (address == null) {
      throw new IllegalStateException("not bound");
    }
    return address;
  }

  Wire connect() throws IOException {
    Socket socket = new Socket();
    socket.connect(address());
    return new Wire(socket);
  }

  /// Once.
  void stop(Duration cap) {
    if (stopped.compareAndSet(false, true)) {
      listeners.stop(cap);
    }
  }

  @Override
  public void close() {
    stop(Duration.ZERO);
  }
}
