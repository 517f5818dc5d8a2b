package io.portcullis.perf.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The door for commands of other packages: a run of load, asked for as `farmctl perf load` would be.
public final class Measurement {

  private Measurement() {}

  /// With consent asked for, a progress line, and Ctrl-C ending it well.
  ///
  /// @throws IllegalArgumentException for wrong options
  /// @throws IOException without consent, or if the trust file cannot be used
  public static LoadResult of(TargetOptions target, PaceOptions pace, String model, double rate)
      throws IOException, InterruptedException {
    LoadPlan plan = pace.plan(target, model, rate);
    Permission.require(plan, target.allowed(), target.token());
    Password.tryOnce(plan, pace.signIn());
    return watched(plan, target.metrics());
  }

  /// @param metrics of nodes
  static LoadResult watched(LoadPlan plan, List<String> metrics)
      throws IOException, InterruptedException {
    LoadRun load = new LoadRun(plan);
    ProgressLine progress =
        new ProgressLine(System.err, ProgressLine.isWatched(), plan.duration().toMillis() / 1e3);
    try (NodeWatch nodes = new NodeWatch(metrics);
        var _ = Interruption.calls(load::stop)) {
      LoadResult result = load.run(progress);
      return result.withNodes(nodes.end());
    } finally {
      progress.end();
    }
  }

  /// The report is written: a process that is being stopped may end now.
  public static void reported() {
    Interruption.reported();
  }

  /// A shape sent to something that this program started itself.
  ///
  /// @param rate 0 keeps every connection busy
  /// @param path instead of what the shape asks a staging pool for, or null
  public record Ask(
      String target,
      String connect,
      Path trust,
      Shape shape,
      long bytes,
      int connections,
      double rate,
      Duration duration,
      @Nullable String path) {

    /// For what the shape itself asks for.
    public Ask(
        String target,
        String connect,
        Path trust,
        Shape shape,
        long bytes,
        int connections,
        double rate,
        Duration duration) {
      this(target, connect, trust, shape, bytes, connections, rate, duration, null);
    }
  }

  static void requireHere(Site site) {
    for (InetSocketAddress address : site.addresses()) {
      if (!address.getAddress().isLoopbackAddress()) {
        throw new IllegalArgumentException(address + " is not this machine");
      }
    }
  }

  /// Without asking for consent or showing anything: for targets on this machine that the caller runs and compares, so with
  /// one group offered to all.
  public static LoadResult quietly(Ask ask) throws IOException, InterruptedException {
    Site site = Site.parse(ask.target(), ask.connect(), null, null);
    requireHere(site);
    return new LoadRun(
            new LoadPlan(
                site,
                ask.shape().word(),
                ask.shape().model(site, ask.path(), ask.bytes()),
                ask.rate(),
                false,
                ask.duration(),
                ask.connections(),
                Sources.system(),
                Duration.ofSeconds(10),
                1,
                1,
                ask.trust(),
                new Offer(null, true)))
        .run(_ -> {});
  }
}
