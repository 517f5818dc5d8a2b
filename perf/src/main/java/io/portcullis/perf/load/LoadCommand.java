package io.portcullis.perf.load;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `farmctl perf load`: open-loop load on a farm, with a report.
@Command(
    name = "load",
    sortOptions = false,
    usageHelpWidth = 110,
    description = {
      "Sends load to a farm at a rate that does not depend on how it copes, and reports latency from the moment",
      "each request was due. Ends with 0 if everything was answered rightly, 1 if not, 2 for wrong usage.",
      "Ctrl-C ends it early; the report then covers what ran."
    },
    footer = {
      "",
      "Example:  farmctl perf load --target https://webext01.contoso.com --connect 127.0.0.1:8443 \\",
      "            --trust .portcullis/demo/public-ca.pem --allow webext01.contoso.com --allow 127.0.0.1 \\",
      "            --model small --rate 2000 --duration 30s --sources 100 --report load"
    })
public final class LoadCommand implements Callable<Integer> {

  private static final int FINE = 0;
  private static final int NOT_FINE = 1;
  private static final int WRONG_USAGE = 2;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this and end")
  private boolean help;

  @Mixin private TargetOptions target = new TargetOptions();

  @Mixin private PaceOptions pace = new PaceOptions();

  @Option(
      names = "--model",
      paramLabel = "WORD",
      description = {
        "plain shapes: small, tls-full, tls-resumed, bulk, upload;",
        "users: sign-in, ucwa, address-book, meeting, content, device, mix (default: ${DEFAULT-VALUE})"
      })
  private String model = "small";

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "arrivals a second (default: ${DEFAULT-VALUE}); --find-knee begins here")
  private double rate = 100;

  @Option(
      names = "--find-knee",
      description =
          "look for the highest rate that keeps --p99 and --errors; --duration is one trial's")
  private boolean knee;

  @Option(
      names = "--p99",
      paramLabel = "TIME",
      description = "limit for --find-knee (default: ${DEFAULT-VALUE})")
  private String p99 = "50ms";

  @Option(
      names = "--errors",
      paramLabel = "PERCENT",
      description = "limit for --find-knee (default: ${DEFAULT-VALUE})")
  private double errors = 0.1;

  @Option(
      names = "--report",
      paramLabel = "NAME",
      description = "write NAME.json and NAME.html (default: ${DEFAULT-VALUE})")
  private Path report = Path.of("perf-load");

  @Override
  public Integer call() throws InterruptedException {
    try {
      LoadPlan plan = pace.plan(target, model, rate);
      Permission.require(plan, target.allowed(), target.token());
      Password.tryOnce(plan, pace.signIn());
      return knee ? findKnee(plan) : once(plan);
    } catch (IllegalArgumentException e) {
      System.err.println("perf load: " + e.getMessage());
      return WRONG_USAGE;
    } catch (IOException e) {
      System.err.println("perf load: " + e.getMessage());
      return NOT_FINE;
    } finally {
      Measurement.reported();
    }
  }

  private int once(LoadPlan plan) throws IOException, InterruptedException {
    LoadResult result = Measurement.watched(plan, target.metrics());
    System.out.print(Summary.text(result));
    List<Path> written = Reports.writeBoth(report, result, null);
    System.out.println("report: " + written.getLast() + "  data: " + written.getFirst());
    return result.failed() == 0 && result.answered() > 0 ? FINE : NOT_FINE;
  }

  private int findKnee(LoadPlan plan) throws IOException, InterruptedException {
    KneeSearch.Limit limit =
        new KneeSearch.Limit(PaceOptions.duration("--p99", p99).toNanos() / 1000, errors / 100);
    List<LoadResult> results = new ArrayList<>();
    KneeSearch.Knee found =
        KneeSearch.find(
            plan.rate(),
            LoadPlan.MAX_RATE,
            limit,
            trialRate -> {
              LoadResult result = Measurement.watched(plan.withRate(trialRate), target.metrics());
              if (!result.complete()) {
                throw new IOException("stopped before the knee was found");
              }
              results.add(result);
              KneeSearch.Trial trial = KneeSearch.Trial.of(trialRate, result);
              System.out.println(
                  String.format(
                      Locale.ROOT,
                      "%,9.0f/s  p99 %-9s  errors %.2f %%  %s",
                      trialRate,
                      ProgressLine.time(trial.p99Micros()),
                      trial.errorShare() * 100,
                      limit.keeps(trial) ? "keeps the limits" : "does not"));
              return trial;
            });
    List<Path> written = Reports.writeBoth(report, best(found, results), found);
    System.out.println(
        String.format(
            Locale.ROOT,
            "knee: %,.0f/s with p99 within %s and at most %.2f %% errors%s",
            found.rate(),
            p99,
            errors,
            found.bounded() ? " (the generator's own bound; the target may do more)" : ""));
    System.out.println("report: " + written.getLast() + "  data: " + written.getFirst());
    return found.rate() > 0 ? FINE : NOT_FINE;
  }

  /// The run at the knee, or the first if there was none.
  private static LoadResult best(KneeSearch.Knee found, List<LoadResult> results) {
    return results.stream()
        .filter(result -> result.asked().rate() == found.rate())
        .findFirst()
        .orElse(results.getFirst());
  }
}
