package io.portcullis.proxy.tls;

import io.portcullis.farm.model.Problem;
import io.portcullis.farm.model.PublishingRule.Action;
import io.portcullis.farm.model.TlsVersion;
import io.portcullis.proxy.TestAuthority;
import io.portcullis.proxy.TestConfig;
import io.portcullis.proxy.exchange.Exchanges;
import io.portcullis.proxy.http.Connections;
import io.portcullis.proxy.listener.ListenerRefused;
import io.portcullis.proxy.listener.Listeners;
import io.portcullis.proxy.listener.Transport;
import io.portcullis.proxy.member.OwnAddresses;
import io.portcullis.proxy.observe.NodeCounters;
import io.portcullis.proxy.observe.Observer;
import io.portcullis.proxy.snapshot.CertificateMaterial;
import io.portcullis.proxy.snapshot.Compilation;
import io.portcullis.proxy.snapshot.CompilerInput;
import io.portcullis.proxy.snapshot.CurrentSnapshot;
import io.portcullis.proxy.snapshot.Snapshot;
import io.portcullis.proxy.snapshot.SnapshotCompiler;
import java.io.Closeable;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// The real listener over the real compiler, with certificates as an operator would give them; every request is answered 200.
final class TlsNode implements Closeable {

  static final String LISTENER = "https";

  final CurrentSnapshot current = new CurrentSnapshot(Snapshot.EMPTY);
  final NodeCounters counters = new NodeCounters();
  final Listeners listeners =
      new Listeners(
          current, new Connections(new Exchanges(current, counters, Observer.NOBODY)), Transport.best(), 2);
  private long revision;

  static TlsNode serving(TlsVersion floor, Map<String, TestAuthority.Issued> certificates) {
    TlsNode node = new TlsNode();
    node.publish(floor, certificates);
    return node;
  }

  /// @param certificates in their order on the listener
  void publish(TlsVersion floor, Map<String, TestAuthority.Issued> certificates) {
    TestConfig config =
        new TestConfig()
            .https("127.0.0.1:0", floor, certificates.keySet().toArray(String[]::new))
            .rule("all", LISTENER, "*", new Action.Respond(200));
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
            Map.of(),
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
    current.publish(snapshot);
  }

  InetSocketAddress address() {
    return Objects.requireNonNull(listeners.boundAddresses().get(LISTENER));
  }

  @Override
  public void close() {
    listeners.stop(Duration.ZERO);
  }
}
