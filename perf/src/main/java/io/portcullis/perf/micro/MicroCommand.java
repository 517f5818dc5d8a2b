package io.portcullis.perf.micro;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `farmctl perf micro`: the microbenchmarks, and whether they became slower or allocate more.
@Command(
    name = "micro",
    sortOptions = false,
    usageHelpWidth = 110,
    description = {
      "Runs the microbenchmarks of the request path (JMH) with the bytes each operation allocates, and compares",
      "with an earlier run. Ends with 1 if something is surely slower, or allocates more."
    },
    footer = {
      "",
      "Example:  farmctl perf micro --save before.json",
      "          farmctl perf micro --save after.json --compare before.json"
    })
public final class MicroCommand implements Callable<Integer> {

  private static final int FINE = 0;
  private static final int NOT_FINE = 1;
  private static final int WRONG_USAGE = 2;

  /// Judge on three starts of a JVM: each compiles differently.
  private static final int FORKS = 3;

  private static final int ITERATIONS = 5;
  private static final String[] JVM_FLAGS = {
    "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-Xmx1g"
  };

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this and end")
  private boolean help;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "REGEX",
      description = "benchmarks whose name contains this (default: all)")
  private List<String> only = new ArrayList<>();

  @Option(
      names = "--quick",
      description = "a tenth of a second each: whether they run, not how fast")
  private boolean quick;

  @Option(
      names = "--forks",
      paramLabel = "N",
      description =
          "JVMs for each benchmark (default: 3, with --quick 1); 0 runs in this one, for a debugger")
  private int forks = -1;

  @Option(names = "--list", description = "say what each benchmark draws its work from, and end")
  private boolean list;

  @Option(
      names = "--save",
      paramLabel = "FILE",
      description = "where the result goes (default: ${DEFAULT-VALUE})")
  private Path save = Path.of("perf-micro.json");

  @Option(
      names = "--compare",
      paramLabel = "FILE",
      description = "a result of an earlier run on this machine")
  private @Nullable Path compare;

  @Override
  public Integer call() {
    if (list) {
      System.out.print(MicroList.text());
      return FINE;
    }
    try {
      MicroResults before = compare == null ? null : MicroResults.read(compare);
      only.forEach(Pattern::compile);
      new Runner(options().build()).run();
      MicroResults now = MicroResults.read(save);
      System.out.print(now.table());
      System.out.println("data: " + save);
      if (before == null) {
        return FINE;
      }
      MicroComparison comparison = MicroComparison.of(before, now);
      System.out.print(comparison.text());
      return comparison.isWorse() ? NOT_FINE : FINE;
    } catch (NoBenchmarksException e) {
      System.err.println("perf micro: no benchmark is called like " + only);
      return WRONG_USAGE;
    } catch (PatternSyntaxException e) {
      System.err.println("perf micro: --only: " + e.getMessage());
      return WRONG_USAGE;
    } catch (IOException | RunnerException e) {
      System.err.println("perf micro: " + e.getMessage());
      return NOT_FINE;
    }
  }

  private ChainedOptionsBuilder options() {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .jvmArgs(JVM_FLAGS)
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true)
            .resultFormat(ResultFormatType.JSON)
            .result(save.toString())
            .verbosity(quick ? VerboseMode.SILENT : VerboseMode.NORMAL);
    String own = Pattern.quote(MicroCommand.class.getPackageName()) + ".*";
    if (only.isEmpty()) {
      options.include(own);
    }
    only.forEach(part -> options.include(own + part));
    return quick
        ? options
            .forks(forks < 0 ? 1 : forks)
            .warmupIterations(1)
            .warmupTime(TimeValue.milliseconds(100))
            .measurementIterations(2)
            .measurementTime(TimeValue.milliseconds(100))
        : options
            .forks(forks < 0 ? FORKS : forks)
            .warmupIterations(ITERATIONS)
            .warmupTime(TimeValue.seconds(1))
            .measurementIterations(ITERATIONS)
            .measurementTime(TimeValue.seconds(1));
  }
}
