package io.portcullis.perf.bindings;

import io.portcullis.farm.api.client.AdminException;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.membership.JoinFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `farmctl perf growth`: what ZooKeeper has to do as nodes are added.
@Command(
    name = "growth",
    sortOptions = false,
    usageHelpWidth = 110,
    description = {
      "Starts a coordinator and adds simulated nodes (a session, a report, a node's watches, the bindings' log), and",
      "counts what ZooKeeper did for them at rest, for each revision, and for each new binding: its own counters, so",
      "the speed of this machine does not matter. Ends with the law of growth of each."
    })
public final class GrowthCommand implements Callable<Integer> {

  /// The farm's own limit is tens of nodes; each takes three threads here.
  private static final int MOST = 64;

  private static final int MOST_EVENTS = 1000;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this and end")
  private boolean help;

  @Option(
      names = "--nodes",
      split = ",",
      paramLabel = "N",
      description = "numbers of nodes, rising (default: 2,4,8,16)")
  private List<Integer> sizes = new ArrayList<>(List.of(2, 4, 8, 16));

  @Option(
      names = "--events",
      paramLabel = "N",
      description = "of each kind at each size (default: ${DEFAULT-VALUE})")
  private int events = 20;

  @Option(
      names = "--rest",
      paramLabel = "SECONDS",
      description = "to count while nothing happens (default: ${DEFAULT-VALUE})")
  private int rest = 20;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "for the coordinator (default: a new one)")
  private @Nullable Path directory;

  private final Map<String, List<GrowthLaw.Point>> points = new LinkedHashMap<>();

  /// What goes on while nothing happens, and is taken off where something does: events take longer on a busy machine.
  private PerSecond atRest = PerSecond.NOTHING;

  private record PerSecond(double received, double sent, double bytes) {
    static final PerSecond NOTHING = new PerSecond(0, 0, 0);
  }

  private interface Event {
    void happen() throws IOException, InterruptedException;
  }

  @Override
  public Integer call() throws InterruptedException {
    boolean rising = true;
    for (int i = 0; i < sizes.size(); i++) {
      int least = i == 0 ? 1 : sizes.get(i - 1) + 1;
      rising &= sizes.get(i) >= least && sizes.get(i) <= MOST;
    }
    if (!rising || sizes.isEmpty() || events < 1 || events > MOST_EVENTS || rest < 1) {
      System.err.printf(
          "perf growth: --nodes are rising numbers of 1 to %d, --events 1 to %d, --rest from 1%n",
          MOST, MOST_EVENTS);
      return 2;
    }
    try {
      Path lab = directory == null ? Files.createTempDirectory("portcullis-growth") : directory;
      Files.createDirectories(lab);
      measure(lab);
      return 0;
    } catch (IOException | AdminException | JoinFailed e) {
      System.err.println("perf growth: " + e.getMessage());
      return 1;
    }
  }

  private void measure(Path lab)
      throws IOException, AdminException, JoinFailed, InterruptedException {
    try (LabEnsemble ensemble = LabEnsemble.start(lab, 1);
        Crowd crowd =
            new Crowd(
                FarmHome.read(lab.resolve("c1"))
                    .orElseThrow(() -> new IOException("the coordinator left no identity")))) {
      System.out.printf(
          "%6s %-14s %10s %10s %12s %9s%n",
          "nodes", "for each", "received", "sent", "bytes in", "watches");
      for (int size : sizes) {
        while (crowd.size() < size) {
          crowd.add(ensemble.node("n" + (crowd.size() + 1)));
        }
        crowd.publish();
        crowd.bind();
        atRest = PerSecond.NOTHING;
        atRest = count(crowd, "second at rest", rest, () -> TimeUnit.SECONDS.sleep(rest));
        count(crowd, "revision", events, () -> repeat(crowd::publish));
        count(crowd, "new binding", events, () -> repeat(crowd::bind));
      }
    }
    System.out.println("the law of growth, requests and answers together:");
    points.forEach(
        (kind, counts) -> System.out.println("  a " + kind + ": " + GrowthLaw.of(counts).text()));
  }

  private void repeat(Event event) throws IOException, InterruptedException {
    for (int i = 0; i < events; i++) {
      event.happen();
    }
  }

  private PerSecond count(Crowd crowd, String kind, int times, Event event)
      throws IOException, InterruptedException {
    ZooKeeperCounters before = crowd.counters();
    final long began = System.nanoTime();
    event.happen();
    ZooKeeperCounters did = crowd.counters().since(before);
    final double seconds = (System.nanoTime() - began) / 1e9;
    double received = (did.received() - atRest.received() * seconds) / times;
    double sent = (did.sent() - atRest.sent() * seconds) / times;
    double bytes = (did.bytes() - atRest.bytes() * seconds) / times;
    System.out.printf(
        Locale.ROOT,
        "%6d %-14s %10.1f %10.1f %,12.0f %,9d%n",
        crowd.size(),
        kind,
        received,
        sent,
        bytes,
        did.watches());
    points
        .computeIfAbsent(kind, _ -> new ArrayList<>())
        .add(new GrowthLaw.Point(crowd.size(), received + sent));
    return new PerSecond(received, sent, bytes);
  }
}
