package io.portcullis.perf.scenario;

import io.portcullis.farm.api.client.AdminException;
import io.portcullis.perf.demo.DemoFailure;
import io.portcullis.perf.demo.LiveFarm;
import io.portcullis.perf.load.BackgroundLoad;
import io.portcullis.perf.load.LoadResult;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/// Plays scenarios on a farm: the same load beside each, from before it until after it.
final class Rehearsal {

  /// A busy machine takes its time; a load that is not answered for a minute has stopped.
  private static final Duration ANSWERS_LIMIT = Duration.ofSeconds(60);

  /// What a cut connection is counted as: while it shakes hands, or later.
  private static final TreeSet<String> CUT = new TreeSet<>(List.of("closed", "tls"));

  /// @param shape plain requests a second, on connections that are kept
  /// @param users a second who sign in, each on connections of their own
  /// @param connections kept ones
  /// @param sources addresses that both come from
  /// @param around right answers of each kind of load that are waited for before an event and after it
  /// @param times whether latencies are judged too
  record Settings(
      double shape, double users, int connections, int sources, long around, boolean times) {}

  private final LiveFarm farm;
  private final Settings settings;

  Rehearsal(LiveFarm farm, Settings settings) {
    this.farm = farm;
    this.settings = settings;
  }

  Played play(Scenario scenario)
      throws DemoFailure, AdminException, IOException, InterruptedException {
    long start = System.nanoTime();
    try (BackgroundLoad shape = start("small", settings.shape());
        BackgroundLoad users = start("sign-in", settings.users())) {
      List<BackgroundLoad> loads = List.of(shape, users);
      List<Check> checks = new ArrayList<>();
      boolean before = goesOn(loads);
      checks.add(Check.of("users are answered before it", before ? "yes" : "no", before));
      double began = secondsSince(start);
      checks.addAll(scenario.happen(farm, () -> goesOn(loads)));
      double ended = secondsSince(start);
      boolean after = goesOn(loads);
      checks.add(Check.of("users are answered after it", after ? "yes" : "no", after));
      List<LoadResult> results = new ArrayList<>();
      for (BackgroundLoad load : loads) {
        LoadResult result = load.conclude();
        results.add(result);
        checks.add(failures(scenario, load, result));
      }
      Played played = new Played(scenario, began, ended, checks, results);
      return settings.times() ? judged(played) : played;
    }
  }

  private BackgroundLoad start(String model, double rate) {
    return BackgroundLoad.start(
        new BackgroundLoad.Ask(
            farm.site(),
            farm.trust(),
            model,
            rate,
            settings.connections(),
            settings.sources(),
            farm.user()));
  }

  private boolean goesOn(List<BackgroundLoad> loads) throws InterruptedException {
    for (BackgroundLoad load : loads) {
      if (!load.awaitAnswers(settings.around(), ANSWERS_LIMIT)) {
        return false;
      }
    }
    return true;
  }

  /// At most one request for each connection that the event may cut, and none otherwise.
  private Check failures(Scenario scenario, BackgroundLoad load, LoadResult result) {
    int allowed = 0;
    for (int address = 0; address < farm.nodes().size(); address++) {
      allowed += scenario.losesConnectionsOf(address) ? load.mostConnections(address) : 0;
    }
    String model = result.asked().model();
    return Check.of(
        allowed == 0
            ? "no request of " + model + " fails"
            : "%s loses at most one request for each connection with that node, by its end"
                .formatted(model),
        result.errors().isEmpty()
            ? "0 of " + result.answered()
            : "%s of %d, %d connections".formatted(result.errors(), result.answered(), allowed),
        result.failed() <= allowed && CUT.containsAll(result.errors().keySet()));
  }

  private static Played judged(Played played) {
    List<Check> checks = new ArrayList<>(played.checks());
    checks.add(
        Check.of(
            "p99 of every operation within " + played.scenario().p99().toMillis() + " ms",
            String.format(Locale.ROOT, "%.0f ms", played.p99Micros() / 1e3),
            played.p99Micros() <= played.scenario().p99().toNanos() / 1000));
    return new Played(played.scenario(), played.began(), played.ended(), checks, played.loads());
  }

  private static double secondsSince(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
