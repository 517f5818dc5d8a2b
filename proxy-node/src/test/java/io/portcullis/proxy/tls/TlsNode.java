package io.portcullis.proxy.tls;

import io.portcullis.farm.model.Pool;
import io.portcullis.farm.model.Problem;
import io.portcullis.farm.model.PublishingRule.Action;
import io.portcullis.farm.model.TlsVersion;
import io.portcullis.proxy.TestAuthority;
import io.portcullis.proxy.TestConfig;
import io.portcullis.proxy.exchange.Capacity;
import io.portcullis.proxy.exchange.Exchanges;
import io.portcullis.proxy.http.Connections;
import io.portcullis.proxy.http.Patience;
import io.portcullis.proxy.listener.ListenerRefused;
import io.portcullis.proxy.listener.Listeners;
import io.portcullis.proxy.member.OwnAddresses;
import io.portcullis.proxy.message.Transport;
import io.portcullis.proxy.observe.NodeCounters;
import io.portcullis.proxy.observe.Observer;
import io.portcullis.proxy.persistence.Bindings;
import io.portcullis.proxy.snapshot.CertificateMaterial;
import io.portcullis.proxy.snapshot.Compilation;
import io.portcullis.proxy.snapshot.CompilerInput;
import io.portcullis.proxy.snapshot.CurrentSnapshot;
import io.portcullis.proxy.snapshot.Snapshot;
import io.portcullis.proxy.snapshot.SnapshotCompiler;
import java.io.Closeable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// The real listener over the real compiler, with certificates as an operator would give them. Every request is answered 200, or goes to
/// one member.
public final class TlsNode implements Closeable {

  public static final String LISTENER = "https";

  public final CurrentSnapshot current = new CurrentSnapshot(Snapshot.EMPTY);
  public final NodeCounters counters = new NodeCounters();
  final TicketKeyring tickets = new TicketKeyring();
  public final Listeners listeners;
  private long revision;

  public TlsNode() {
    this(Capacity.ofThisMachine(), Patience.DEFAULT);
  }

  public TlsNode(Capacity capacity, Patience patience) {
    Exchanges exchanges =
        new Exchanges(current, counters, Observer.NOBODY, Bindings.none(), capacity);
    listeners = new Listeners(current, new Connections(exchanges, patience), Transport.best(), 2);
  }

  /// @param certificates in their order on the listener
  void publish(TlsVersion floor, Map<String, TestAuthority.Issued> certificates) {
    publish(
        config(floor, certificates).rule("all", LISTENER, "*", new Action.Respond(200)),
        certificates);
  }

  /// Every request goes to one member, over TLS.
  void publishTo(int port, Pool.PoolTls tls, Map<String, TestAuthority.Issued> certificates) {
    publishTo("fe1.contoso.local", port, tls, certificates);
  }

  /// @param host `fe1.contoso.local` at 127.0.0.1, or `fe2.contoso.local` at 127.0.0.2
  void publishTo(
      String host, int port, Pool.PoolTls tls, Map<String, TestAuthority.Issued> certificates) {
    TestConfig config =
        config(TlsVersion.TLSv1_2, certificates)
            .rule("all", LISTENER, "*", new Action.ToPool("pool01"));
    config.pools.add(
        TestConfig.pool(
            "pool01", new Pool.Bridging(port, 0), tls, null, TestConfig.member(host, null, 1)));
    publish(config, certificates);
  }

  public static TestConfig config(
      TlsVersion floor, Map<String, TestAuthority.Issued> certificates) {
    return new TestConfig()
        .https("127.0.0.1:0", floor, certificates.keySet().toArray(String[]::new));
  }

  public void publish(TestConfig config, Map<String, TestAuthority.Issued> certificates) {
    Map<String, CertificateMaterial> material = new LinkedHashMap<>();
    certificates.forEach((name, issued) ->
        material.put(name, new CertificateMaterial(issued.chain(), issued.key())));
    publish(
        new CompilerInput(
            ++revision,
            config.build(),
            material,
            Map.of(),
            Map.of(),
            Map.of(
                "pool01/fe1.contoso.local", InetAddress.ofLiteral("127.0.0.1"),
                "pool01/fe2.contoso.local", InetAddress.ofLiteral("127.0.0.2")),
            new OwnAddresses(Set.of()),
            Instant.now(),
            current.current()));
  }

  private void publish(CompilerInput input) {
    Compilation result = SnapshotCompiler.compile(input);
    if (!(result instanceof Compilation.Compiled(Snapshot snapshot, _))) {
      throw new AssertionError(result.problems().stream().map(Problem::toString).toList());
    }
    try {
      listeners.reconcile(snapshot);
    } catch (ListenerRefused e) {
      throw new AssertionError(e);
    }
    tickets.cover(snapshot);
    current.publish(snapshot);
  }

  public InetSocketAddress address() {
    return Objects.requireNonNull(listeners.boundAddresses().get(LISTENER));
  }

  @Override
  public void close() {
    listeners.stop(Duration.ZERO);
  }
}
