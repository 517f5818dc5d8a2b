package io.portcullis.perf.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.perf.load.LoadResult;
import io.portcullis.perf.load.Measurement;
import io.portcullis.perf.load.Shape;
import io.portcullis.perf.staging.StagingPool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From the wire to the verdict, on a staging pool that is worse to the digit: ten runs that are, ten that are not.
///
/// How fast this machine is must not matter, nor what else it does. So a baseline, a worse run and an equal one go side by side,
/// thirty at once: whatever befalls the machine befalls all of them. What is injected is written: 5 ms, every fiftieth answer. Where the
/// generators themselves are later than what is looked for, which their results say, the runs are no evidence and made again.
class InjectedFaultsTest {

  private static final int RUNS = 10;
  private static final Duration LENGTH = Duration.ofSeconds(10);

  private static final long INJECTED_MICROS = 5_000;

  private static final int MOST_REPEATS = 8;

  @TempDir private Path directory;

  private record Three(LoadResult baseline, LoadResult worse, LoadResult equal) {}

  /// @param worse the script of the injured path: milliseconds, and which answer fails
  private List<Three> run(double rate, String worse) throws Exception {
    try (StagingPool pool = StagingPool.start(StagingPool.Settings.twoMembers(directory));
        ExecutorService together = Executors.newVirtualThreadPerTaskExecutor()) {
      String connect = "127.0.0.1:" + pool.members().getFirst().http().getPort();
      List<List<Future<LoadResult>>> running = new ArrayList<>();
      for (int run = 0; run < RUNS; run++) {
        List<Future<LoadResult>> three = new ArrayList<>();
        for (String path :
            List.of(
                "/scripted/0/0/baseline-" + run,
                "/scripted/" + worse + "/worse-" + run,
                "/scripted/0/0/equal-" + run)) {
          three.add(
              together.submit(() ->
                  Measurement.quietly(
                      new Measurement.Ask(
                          "http://webext01.contoso.com",
                          connect,
                          pool.trustFile(),
                          Shape.SMALL,
                          0,
                          2,
                          rate,
                          LENGTH,
                          path))));
        }
        running.add(three);
      }
      List<Three> results = new ArrayList<>();
      for (List<Future<LoadResult>> three : running) {
        results.add(new Three(three.get(0).get(), three.get(1).get(), three.get(2).get()));
      }
      return results;
    }
  }

  private static List<Finding> worse(LoadResult before, LoadResult now) {
    return Comparison.of(before, now).stream()
        .filter(finding -> finding.judgement() == Finding.Judgement.WORSE)
        .toList();
  }

  private static boolean found(LoadResult before, LoadResult now, Finding.Measure measure) {
    return worse(before, now).stream().anyMatch(finding -> finding.measure() == measure);
  }

  private static boolean inTime(List<Three> runs) {
    return runs.stream()
        .flatMap(run -> Stream.of(run.baseline(), run.worse(), run.equal()))
        .allMatch(result -> result.lateness().p90() < INJECTED_MICROS);
  }

  @Test
  void fiveMillisecondsAreFoundTenTimesOfTenAndNothingElseIsCalledWorse() throws Exception {
    List<Three> runs = run(10, "5/0");
    for (int again = 0; again < MOST_REPEATS && !inTime(runs); again++) {
      runs = run(10, "5/0");
    }
    assertThat(runs)
        .allSatisfy(run -> {
          assertThat(found(run.baseline(), run.worse(), Finding.Measure.P50))
              .as("%s", Comparison.of(run.baseline(), run.worse()))
              .isTrue();
          assertThat(worse(run.baseline(), run.equal())).isEmpty();
        });
  }

  @Test
  void twoPercentOfErrorsAreFoundTenTimesOfTenAndNoneWhereThereAreNone() throws Exception {
    List<Three> runs = run(80, "0/50");
    assertThat(runs)
        .allSatisfy(run -> {
          assertThat(run.worse().errors()).containsEntry("status-500", 16L);
          assertThat(found(run.baseline(), run.worse(), Finding.Measure.ERRORS)).isTrue();
          assertThat(run.equal().errors()).isEmpty();
          assertThat(found(run.baseline(), run.equal(), Finding.Measure.ERRORS)).isFalse();
        });
  }
}
