package io.portcullis.perf.compare;

import io.portcullis.perf.load.LoadResult;
import io.portcullis.perf.load.Measurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `farmctl perf compare`: a node, nginx and HAProxy, in turns.
@Command(
    name = "compare",
    sortOptions = false,
    usageHelpWidth = 110,
    description = {
      "Measures how many requests a node, nginx and HAProxy carry for each second of CPU time they use, doing the",
      "same work in turns on this machine. The proxy has one CPU, the origin (nginx) and the load the other.",
      "Ends with 1 if any request failed: such figures do not count."
    })
public final class CompareCommand implements Callable<Integer> {

  private static final int FINE = 0;
  private static final int NOT_FINE = 1;
  private static final int WRONG_USAGE = 2;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this and end")
  private boolean help;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "NAME",
      description =
          "of small, small-c512, 10k, 1m, upload-1m, clear-small, handshake-full, handshake-resumed, latency")
  private List<String> only = new ArrayList<>();

  @Option(
      names = "--proxy",
      split = ",",
      paramLabel = "NAME",
      description = "of portcullis, nginx, haproxy (default: all)")
  private List<String> proxies = new ArrayList<>();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "measurements of each, in turns (default: ${DEFAULT-VALUE})")
  private int rounds = 3;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "of each measurement (default: ${DEFAULT-VALUE})")
  private double seconds = 5;

  @Option(
      names = "--warm-up",
      paramLabel = "SHARE",
      description =
          "1 is 7 s for a JVM and 1 s for the others, before each workload (default: ${DEFAULT-VALUE})")
  private double warmUp = 1;

  @Option(
      names = "--no-pin",
      description = "leave CPUs to the scheduler (fewer than two, or a container that forbids it)")
  private boolean free;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "configurations, logs and results (default: ${DEFAULT-VALUE})")
  private Path directory = Path.of(".portcullis", "compare");

  @Override
  public Integer call() throws InterruptedException {
    try {
      List<Workload> workloads =
          only.isEmpty() ? Workload.ALL : only.stream().map(Workload::of).toList();
      List<String> names = proxies.isEmpty() ? Contender.names() : proxies;
      if (rounds < 1 || rounds > 100 || seconds < 0.2 || seconds > 600) {
        throw new IllegalArgumentException("--rounds is 1 to 100, --seconds 0.2 to 600");
      }
      return run(workloads, names);
    } catch (IllegalArgumentException e) {
      System.err.println("perf compare: " + e.getMessage());
      return WRONG_USAGE;
    } catch (IOException | GeneralSecurityException e) {
      System.err.println("perf compare: " + e.getMessage());
      return NOT_FINE;
    }
  }

  private int run(List<Workload> workloads, List<String> names)
      throws IOException, GeneralSecurityException, InterruptedException {
    boolean pin = !free && Runtime.getRuntime().availableProcessors() > 1;
    if (pin) {
      pinMyself();
    }
    Bench bench = Bench.prepare(directory);
    Map<String, Running> running = new LinkedHashMap<>();
    List<Running> started = new ArrayList<>();
    Thread end = new Thread(() -> started.reversed().forEach(Running::close), "end contenders");
    Runtime.getRuntime().addShutdownHook(end);
    try {
      started.add(Running.start(Contender.origin(bench), bench, pin ? 1 : -1));
      for (String name : names) {
        Running one = Running.start(Contender.of(name, bench), bench, pin ? 0 : -1);
        started.add(one);
        running.put(name, one);
      }
      Fairness fairness = Fairness.of(running.values(), bench);
      System.err.print(fairness.markdown());
      if (!fairness.bodiesRight()) {
        System.err.println("perf compare: a body is wrong, see above; nothing was measured");
        return NOT_FINE;
      }
      List<Figure> figures = new ArrayList<>();
      for (Workload workload : workloads) {
        figures.addAll(measure(workload, running, bench));
      }
      return report(new Ranking(figures, names), fairness, bench, pin);
    } finally {
      started.reversed().forEach(Running::close);
      removeHook(end);
    }
  }

  private static void removeHook(Thread end) {
    try {
      Runtime.getRuntime().removeShutdownHook(end);
    } catch (IllegalStateException e) {
      // The shutdown is what called us.
    }
  }

  /// The load shares the origin's CPU, so that the proxy has its own.
  private static void pinMyself() throws IOException, InterruptedException {
    Process pinning =
        new ProcessBuilder(
                Running.find("taskset", "util-linux"),
                "-acp",
                "1",
                Long.toString(ProcessHandle.current().pid()))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!pinning.waitFor(10, TimeUnit.SECONDS) || pinning.exitValue() != 0) {
      throw new IOException("cannot pin the load to CPU 1; --no-pin leaves CPUs to the scheduler");
    }
  }

  /// Rounds go A B C, C B A, A B C: whatever drifts, drifts for all.
  private List<Figure> measure(Workload workload, Map<String, Running> running, Bench bench)
      throws IOException, InterruptedException {
    for (Running one : running.values()) {
      double warming = one.contender().warmUpSeconds() * warmUp;
      if (warming >= 0.1) {
        load(workload, one, bench, warming);
      }
    }
    List<Figure> figures = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      List<Running> order = new ArrayList<>(running.values());
      for (Running one : round % 2 == 0 ? order : order.reversed()) {
        double before = one.cpuSeconds();
        LoadResult result = load(workload, one, bench, seconds);
        figures.add(figure(workload, one, round, result, one.cpuSeconds() - before));
        System.err.println(
            String.format(
                Locale.ROOT,
                "%-18s round %d  %-10s %,9.0f/cpu-s  %,9.0f/s  errors %s",
                workload.name(),
                round + 1,
                one.contender().name(),
                figures.getLast().perCpuSecond(),
                figures.getLast().answered() / figures.getLast().seconds(),
                result.errors().isEmpty() ? "none" : result.errors()));
      }
    }
    return figures;
  }

  private static LoadResult load(Workload workload, Running one, Bench bench, double seconds)
      throws IOException, InterruptedException {
    return Measurement.quietly(
        new Measurement.Ask(
            "%s://%s".formatted(workload.tls() ? "https" : "http", Bench.NAME),
            "127.0.0.1:" + (workload.tls() ? one.contender().https() : one.contender().http()),
            bench.file("ca.pem"),
            workload.shape(),
            workload.bytes(),
            workload.connections(),
            workload.rate(),
            Duration.ofMillis((long) (seconds * 1000))));
  }

  private static Figure figure(
      Workload workload, Running one, int round, LoadResult result, double cpuSeconds) {
    long p50 = 0;
    long p99 = 0;
    for (LoadResult.Operation operation : result.operations().values()) {
      p50 = Math.max(p50, operation.latency().p50());
      p99 = Math.max(p99, operation.latency().p99());
    }
    return new Figure(
        workload.name(),
        one.contender().name(),
        round,
        result.answered(),
        result.failed(),
        result.seconds(),
        cpuSeconds,
        workload.isLatency() ? p50 : 0,
        workload.isLatency() ? p99 : 0);
  }

  private int report(Ranking ranking, Fairness fairness, Bench bench, boolean pinned)
      throws IOException {
    String conditions =
        String.format(
            Locale.ROOT,
            "%d rounds of %.1f s, one worker each, TLS 1.3 with AES-128-GCM on both sides, access logs on, %s; Java %s, %d processors, load %.1f",
            rounds,
            seconds,
            pinned ? "proxy on CPU 0, origin and load on CPU 1" : "not pinned",
            Runtime.version(),
            Runtime.getRuntime().availableProcessors(),
            java.lang.management.ManagementFactory.getOperatingSystemMXBean()
                .getSystemLoadAverage());
    String markdown = ranking.markdown() + "\n" + fairness.markdown();
    System.out.print(conditions + "\n\n" + markdown);
    Files.writeString(bench.file("compare.md"), conditions + "\n\n" + markdown);
    Files.writeString(bench.file("compare.html"), fairness.onto(ranking.page(conditions)).html());
    Files.writeString(bench.file("compare.json"), ranking.json(conditions, fairness.same()));
    System.out.println(
        "\nreport: " + bench.file("compare.html") + "  data: " + bench.file("compare.json"));
    return ranking.failed() == 0 && fairness.same() ? FINE : NOT_FINE;
  }
}
