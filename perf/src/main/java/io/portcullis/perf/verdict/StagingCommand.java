package io.portcullis.perf.verdict;

import io.portcullis.perf.load.LoadResult;
import io.portcullis.perf.load.Measurement;
import io.portcullis.perf.load.PaceOptions;
import io.portcullis.perf.load.Reports;
import io.portcullis.perf.load.TargetOptions;
import io.portcullis.perf.report.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `farmctl perf staging`: load on a staging pool, and whether it copes worse than it did.
@Command(
    name = "staging",
    sortOptions = false,
    usageHelpWidth = 110,
    description = {
      "Sends load to a staging pool and compares with a saved run: latency and errors of each operation, with",
      "confidence intervals. Ends with 0 if nothing is worse, 1 if something is, 2 for wrong usage."
    },
    footer = {
      "",
      "Example:  farmctl perf staging --target https://webext01.contoso.com --allow webext01.contoso.com --save base.json",
      "          farmctl perf staging --target https://webext01.contoso.com --allow webext01.contoso.com --baseline base.json"
    })
public final class StagingCommand implements Callable<Integer> {

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
      description = "as of farmctl perf load (default: ${DEFAULT-VALUE})")
  private String model = "sign-in";

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "arrivals a second (default: ${DEFAULT-VALUE})")
  private double rate = 50;

  @Option(
      names = "--baseline",
      paramLabel = "FILE",
      description = "a result of this command or of farmctl perf load, made with the same options")
  private @Nullable Path baseline;

  @Option(
      names = "--save",
      paramLabel = "FILE",
      description = "keep this run as the baseline of later ones")
  private @Nullable Path save;

  @Option(
      names = "--report",
      paramLabel = "NAME",
      description = "write NAME.json and NAME.html (default: ${DEFAULT-VALUE})")
  private Path report = Path.of("perf-staging");

  @Override
  public Integer call() throws InterruptedException {
    try {
      if (baseline == null && save == null) {
        throw new IllegalArgumentException(
            "name a --baseline to compare with, or --save FILE to make one");
      }
      // Read before anything is loaded: a wrong file should not cost a minute.
      LoadResult before = baseline == null ? null : LoadResult.read(baseline);
      return run(before);
    } catch (IllegalArgumentException e) {
      System.err.println("perf staging: " + e.getMessage());
      return WRONG_USAGE;
    } catch (IOException e) {
      System.err.println("perf staging: " + e.getMessage());
      return NOT_FINE;
    } finally {
      Measurement.reported();
    }
  }

  private int run(@Nullable LoadResult before) throws IOException, InterruptedException {
    LoadResult now = Measurement.of(target, pace, model, rate);
    Page page = Reports.page(now);
    boolean fine = now.complete() && now.answered() > 0;
    if (before != null) {
      Verdict verdict = new Verdict(Comparison.of(before, now));
      verdict.onto(page);
      System.out.print(verdict.text());
      fine &= !verdict.isWorse();
    }
    Path html = Reports.write(report, now, page);
    System.out.println("report: " + html);
    if (save != null) {
      if (!now.complete()) {
        throw new IOException("stopped early: a partial run is no baseline, nothing was saved");
      }
      Files.writeString(save, now.toJson());
      System.out.println("baseline: " + save);
    }
    return fine ? FINE : NOT_FINE;
  }
}
