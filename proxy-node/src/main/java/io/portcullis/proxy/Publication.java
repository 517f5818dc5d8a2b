package io.portcullis.proxy;

import io.portcullis.farm.model.Problem;
import io.portcullis.proxy.config.Loaded;
import io.portcullis.proxy.config.Publisher;
import io.portcullis.proxy.health.HealthMonitor;
import io.portcullis.proxy.health.Resolver;
import io.portcullis.proxy.member.Bind;
import io.portcullis.proxy.member.OwnAddresses;
import io.portcullis.proxy.snapshot.Compilation;
import io.portcullis.proxy.snapshot.CompilerInput;
import io.portcullis.proxy.snapshot.CurrentSnapshot;
import io.portcullis.proxy.snapshot.Snapshot;
import io.portcullis.proxy.snapshot.SnapshotCompiler;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// The life of a change, once it is loaded: resolve, compile, bind, publish, watch, tell. Everything that can fail comes
/// before the one write that counts.
final class Publication implements Publisher {

  /// DNS answers in milliseconds or not at all; members that come later are found by their health checks.
  private static final Duration RESOLVE_PATIENCE = Duration.ofSeconds(3);

  private final CurrentSnapshot current;
  private final Doors doors;
  private final HealthMonitor health;
  private final OwnAddresses own;
  private final Map<String, String> listen;
  private final PrintStream out;
  private final Clock clock;
  private final Consumer<Snapshot> tls;
  private final Runnable settle;
  private boolean settled;

  /// @param tls makes the TLS contexts of a snapshot ready, before it is published
  /// @param settle called once, when the first snapshot is ready and no door is open yet
  Publication(
      CurrentSnapshot current,
      Doors doors,
      HealthMonitor health,
      OwnAddresses own,
      Map<String, String> listen,
      PrintStream out,
      Clock clock,
      Consumer<Snapshot> tls,
      Runnable settle) {
    this.current = current;
    this.doors = doors;
    this.health = health;
    this.own = own;
    this.listen = Map.copyOf(listen);
    this.out = out;
    this.clock = clock;
    this.tls = tls;
    this.settle = settle;
  }

  @Override
  public List<Problem> rehearse(Loaded loaded) throws InterruptedException {
    return switch (SnapshotCompiler.compile(input(loaded, new Resolver(loaded.config())))) {
      case Compilation.Refused(List<Problem> problems) -> problems;
      case Compilation.Compiled compiled -> {
        try {
          doors.rehearse(compiled.snapshot());
          yield compiled.problems();
        } catch (IOException e) {
          yield List.of(Problem.error("listeners", String.valueOf(e.getMessage()), ""));
        }
      }
    };
  }

  private CompilerInput input(Loaded loaded, Resolver resolver) throws InterruptedException {
    return new CompilerInput(
        loaded.revision(),
        loaded.config(),
        loaded.certificates(),
        listen,
        doors.bound(),
        resolver.resolveAll(loaded.config().pools(), RESOLVE_PATIENCE),
        own,
        clock.instant(),
        current.current());
  }

  @Override
  public List<Problem> publish(Loaded loaded) throws InterruptedException {
    Resolver resolver = new Resolver(loaded.config());
    CompilerInput input = input(loaded, resolver);
    return switch (SnapshotCompiler.compile(input)) {
      case Compilation.Refused(List<Problem> problems) -> problems;
      case Compilation.Compiled compiled -> publish(input, compiled, resolver);
    };
  }

  private List<Problem> publish(
      CompilerInput input, Compilation.Compiled compiled, Resolver resolver) {
    Map<String, InetSocketAddress> before = doors.bound();
    if (!settled) {
      settled = true;
      settle.run();
    }
    try {
      doors.reconcile(compiled.snapshot());
    } catch (IOException e) {
      return List.of(Problem.error("listeners", String.valueOf(e.getMessage()), ""));
    }
    Snapshot snapshot = withChosenPorts(input, compiled.snapshot());
    tls.accept(snapshot);
    current.publish(snapshot);
    health.follow(input.config(), resolver, snapshot.pools(), binds());
    tell(before, snapshot);
    return compiled.problems();
  }

  /// A redirect must name the port that the system chose, so what asked for port 0 is compiled once more.
  private Snapshot withChosenPorts(CompilerInput input, Snapshot snapshot) {
    boolean chosen =
        snapshot.listeners().values().stream().anyMatch(door -> door.bind().endsWith(":0"));
    if (!chosen || input.bound().equals(doors.bound())) {
      return snapshot;
    }
    return SnapshotCompiler.compile(input.withBound(doors.bound()))
            instanceof Compilation.Compiled(Snapshot again, _)
        ? again
        : snapshot;
  }

  private List<Bind> binds() {
    return doors.bound().values().stream().map(Publication::bind).toList();
  }

  private static Bind bind(InetSocketAddress address) {
    return new Bind(address.getAddress(), address.getPort());
  }

  private void tell(Map<String, InetSocketAddress> before, Snapshot snapshot) {
    doors
        .bound()
        .forEach((name, address) -> {
          if (!address.equals(before.get(name))) {
            out.println("listening " + name + " " + text(address));
          }
        });
    out.println("serving revision " + snapshot.revision());
    out.flush();
  }

  /// `192.0.2.1:443`, `[2001:db8::1]:443`.
  static String text(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
  }
}
