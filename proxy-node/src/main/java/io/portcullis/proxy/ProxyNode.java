package io.portcullis.proxy;

import io.netty.util.ResourceLeakDetector;
import io.portcullis.farm.binding.BindingReplica;
import io.portcullis.farm.model.Problem;
import io.portcullis.proxy.exchange.Exchanges;
import io.portcullis.proxy.health.HealthMonitor;
import io.portcullis.proxy.http.Connections;
import io.portcullis.proxy.listener.Listeners;
import io.portcullis.proxy.member.OwnAddresses;
import io.portcullis.proxy.message.Transport;
import io.portcullis.proxy.observe.NodeCounters;
import io.portcullis.proxy.persistence.Bindings;
import io.portcullis.proxy.snapshot.CurrentSnapshot;
import io.portcullis.proxy.snapshot.Snapshot;
import io.portcullis.proxy.tls.TlsUpkeep;
import java.io.PrintStream;
import java.net.SocketException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import picocli.CommandLine;

/// One node: data plane, health checks, and a source that says what to serve.
public final class ProxyNode {

  private enum Signal {
    RELOAD,
    STOP
  }

  /// Something that may be refused.
  private interface Opening {
    void open() throws StartRefused;
  }

  private static final String ALLOCATOR = "io.netty.allocator.type";

  private final NodeOptions options;
  private final Doors doors;
  private final HealthMonitor health;
  private final Source source;
  private final Showing showing;
  private final CertificateEnds ends;

  private ProxyNode(
      NodeOptions options,
      Doors doors,
      HealthMonitor health,
      Source source,
      Showing showing,
      CertificateEnds ends) {
    this.options = options;
    this.doors = doors;
    this.health = health;
    this.source = source;
    this.showing = showing;
    this.ends = ends;
  }

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new NodeCommand()).execute(arguments));
  }

  /// Serves until told to stop.
  ///
  /// @return the exit code
  static int run(NodeOptions options, PrintStream out, PrintStream err)
      throws InterruptedException {
    settleBuffers();
    BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
    for (String name : List.of("TERM", "INT")) {
      Signals.on(name, () -> signals.add(Signal.STOP));
    }
    Signals.on("HUP", () -> signals.add(Signal.RELOAD));
    try {
      ProxyNode node = start(options, out, err);
      while (signals.take() == Signal.RELOAD) {
        node.reload();
      }
      node.stop();
      return 0;
    } catch (StartRefused refused) {
      refused.problems().forEach(err::println);
      return 1;
    }
  }

  /// Netty follows every hundredth buffer to find leaks, which costs the node some percent of its time. The tests follow every one; here
  /// only who looks for a leak does.
  ///
  /// The pooled allocator keeps the large buffers of downloads; the adaptive one makes each of 64 KB anew, and clears it. Netty reads the
  /// property once, when its first buffer is made.
  private static void settleBuffers() {
    if (System.getProperty(ALLOCATOR) == null) {
      System.setProperty(ALLOCATOR, "pooled");
    }
    if (System.getProperty("io.netty.leakDetection.level") == null) {
      ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }
  }

  private static Transport transport(NodeOptions options) throws StartRefused {
    Transport wish = options.transport();
    if (wish != null && !wish.isAvailable()) {
      throw new StartRefused(
          "--transport",
          wish + " is not available here: " + wish.whyNot(),
          "leave --transport out; the node then uses " + Transport.best());
    }
    return wish == null ? Transport.best() : wish;
  }

  /// The boot story.
  static ProxyNode start(NodeOptions options, PrintStream out, PrintStream err)
      throws StartRefused, InterruptedException {
    Transport transport = transport(options);
    CurrentSnapshot current = new CurrentSnapshot(Snapshot.EMPTY);
    NodeCounters counters = new NodeCounters();
    NodeName name = new NodeName();
    Showing showing = Showing.begin(options, name, out);
    Bindings bindings = new Bindings(new BindingReplica(new SecureRandom()::nextLong));
    Connections connections = new Connections(new Exchanges(current, counters, showing, bindings));
    Listeners listeners = new Listeners(current, connections, transport);
    Doors doors = new ListenerDoors(listeners);
    Bell bell = new Bell();
    OwnAddresses own = ownAddresses();
    HealthMonitor health = new HealthMonitor(own, bell::ring);
    TlsUpkeep tls = TlsUpkeep.start();
    Publication publication =
        new Publication(
            current,
            doors,
            health,
            own,
            options.listen(),
            out,
            Clock.systemUTC(),
            tls::follow,
            ProxyNode::clearAway);
    Source source =
        options.file() != null
            ? new FileLink(options.file(), publication, bindings, new IdleTimes(current), out, err)
            : new FarmLink(
                options,
                publication,
                bell,
                current,
                doors,
                counters,
                bindings,
                tls,
                showing::load,
                name::given);
    CertificateEnds ends = new CertificateEnds(current::current, Clock.systemUTC());
    ProxyNode node = new ProxyNode(options, doors, health, source, showing, ends);
    node.open(() -> showing.open(current, counters, listeners, bindings));
    return node;
  }

  private void open(Opening pages) throws StartRefused, InterruptedException {
    try {
      pages.open();
      source.start();
      ends.start();
    } catch (StartRefused refused) {
      stop();
      throw refused;
    }
  }

  /// What the start leaves is copied by the first collection of the young generation: 46 ms, some seconds later, in front of users. Whole
  /// and before the doors open, it costs them nothing, and leaves the young generation empty.
  private static void clearAway() {
    System.gc();
  }

  private static OwnAddresses ownAddresses() throws StartRefused {
    try {
      return OwnAddresses.ofThisMachine();
    } catch (SocketException e) {
      throw new StartRefused(
          List.of(
              Problem.error(
                  "network",
                  "the addresses of this machine cannot be listed: " + e.getMessage(),
                  "check what \"ip address\" says")));
    }
  }

  /// The operator asked to look again, or has moved the log away.
  private void reload() throws InterruptedException {
    showing.reopen();
    source.reload();
  }

  /// Takes nothing new, finishes what runs, leaves the farm.
  void stop() {
    ends.close();
    showing.draining();
    source.pause();
    boolean _ = doors.stop(options.drain());
    health.close();
    source.close();
    showing.close();
  }
}
