package io.portcullis.perf.training;

import io.portcullis.farm.api.client.AdminException;
import io.portcullis.perf.demo.DemoFailure;
import io.portcullis.perf.demo.LiveFarm;
import io.portcullis.perf.load.BackgroundLoad;
import io.portcullis.perf.load.LoadResult;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `farmctl train`: a practice farm under load, whose JVMs write down which classes they loaded and, but for a node's, which methods were
/// hot. A JVM that starts with these files is up in half the time.
@Command(
    name = "farmctl train",
    usageHelpWidth = 110,
    description = {
      "Runs a practice farm under load on this machine for a minute or two and keeps what its JVMs learned, beside",
      "the jars. Nodes, coordinators and farmctl started from then on are up sooner. Repeat it after an upgrade; an",
      "appliance comes trained."
    })
public final class Train implements Callable<Integer> {

  /// Writing the file takes ten seconds of one CPU after the work is done; this is for a busy machine.
  private static final Duration WRITING = Duration.ofMinutes(5);

  private static final Duration ANSWERING = Duration.ofMinutes(2);
  private static final int SOURCES = 16;

  /// How much of what: enough that each class is loaded, and that the coordinator has something to do.
  ///
  /// @param rate a second; 0 for as fast as this machine can, each connection one after the other, so that a slow one has no backlog of handshakes
  private record Exercise(String model, double rate, int connections, long answers) {}

  private static final List<Exercise> EXERCISES =
      List.of(
          new Exercise("small", 3000, 64, 10_000),
          new Exercise("tls-full", 0, 32, 2_000),
          new Exercise("tls-resumed", 0, 32, 2_000),
          new Exercise("sign-in", 20, 16, 300),
          new Exercise("content", 4, 8, 20),
          new Exercise("address-book", 10, 8, 40));

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this and end")
  private boolean help;

  @Option(
      names = "--into",
      paramLabel = "DIR",
      description = "where the files go (default: beside the jars, where farmctl finds them)")
  private @Nullable Path into;

  @Option(
      names = "--share",
      paramLabel = "PERCENT",
      description = "how much of the load; less learns less (default: ${DEFAULT-VALUE})")
  private int share = 100;

  private Train() {}

  public static void main(String[] args) {
    System.exit(new CommandLine(new Train()).execute(args));
  }

  @Override
  public Integer call() throws InterruptedException {
    try {
      Path files = into != null ? into.toAbsolutePath() : besideTheJars();
      Files.createDirectories(files);
      learn(files);
      for (Lesson lesson : Lesson.values()) {
        keep(lesson, files);
      }
      return 0;
    } catch (IOException | DemoFailure | GeneralSecurityException e) {
      System.err.println("train: " + e.getMessage());
    } catch (AdminException e) {
      System.err.println("train: " + e.getMessage() + (e.hint().isEmpty() ? "" : "; " + e.hint()));
    }
    return 1;
  }

  private static Path besideTheJars() throws IOException {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(Path::of)
        .filter(entry -> entry.toString().endsWith(".jar"))
        .map(Path::toAbsolutePath)
        .map(Path::getParent)
        .findFirst()
        .orElseThrow(() -> new IOException("no jars on the class path; name a place with --into"));
  }

  private void learn(Path files)
      throws IOException,
          DemoFailure,
          AdminException,
          GeneralSecurityException,
          InterruptedException {
    Path practice = Files.createTempDirectory("portcullis-train");
    try (LiveFarm farm =
        LiveFarm.start(
            practice,
            Map.of(
                Lesson.NODE.process(), Lesson.NODE.flags(files),
                Lesson.COORDINATOR.process(), Lesson.COORDINATOR.flags(files)))) {
      for (Exercise exercise : EXERCISES) {
        practise(exercise, farm);
      }
      farm.farmctl(Lesson.FARMCTL.flags(files), "status");
      for (Lesson lesson : List.of(Lesson.NODE, Lesson.COORDINATOR)) {
        System.out.println("… " + lesson.process() + " writes what it learned");
        if (!farm.stop(lesson.process(), WRITING)) {
          throw new IOException(
              lesson.process() + " did not end within " + WRITING.toMinutes() + " min");
        }
      }
    } finally {
      delete(practice);
    }
  }

  private void practise(Exercise exercise, LiveFarm farm) throws IOException, InterruptedException {
    long wanted = Math.max(1, exercise.answers() * share / 100);
    try (BackgroundLoad load =
        BackgroundLoad.start(
            new BackgroundLoad.Ask(
                farm.site(),
                farm.trust(),
                exercise.model(),
                exercise.rate(),
                exercise.connections(),
                SOURCES,
                farm.user()))) {
      boolean came = load.awaitAnswers(wanted, ANSWERING);
      LoadResult result = load.conclude();
      System.out.println(
          String.format(
              Locale.ROOT,
              "✓ %s: %,d answered, %,d failed",
              exercise.model(),
              result.answered(),
              result.failed()));
      if (!came && result.answered() == 0) {
        throw new IOException("nothing was answered: " + result.errors());
      }
    }
  }

  /// A file that the JVM does not take is not put where it would be complained about at every start.
  private static void keep(Lesson lesson, Path files) throws IOException, InterruptedException {
    Path part = lesson.part(files);
    if (!Files.exists(part)) {
      throw new IOException("the JVM wrote no " + part + "; is the disk full?");
    }
    List<String> trial =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:AOTMode=on",
            "-XX:AOTCache=" + part,
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseCompactObjectHeaders",
            "-cp",
            System.getProperty("java.class.path"),
            "-version");
    Process started =
        new ProcessBuilder(trial)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!started.waitFor(WRITING.toSeconds(), TimeUnit.SECONDS) || started.exitValue() != 0) {
      started.destroyForcibly();
      throw new IOException(
          "the JVM does not start with "
              + part
              + "; see why with: "
              + String.join(" ", trial)
              + " -Xlog:aot");
    }
    Files.move(part, lesson.file(files), StandardCopyOption.REPLACE_EXISTING);
    System.out.println(
        String.format(
            Locale.ROOT,
            "✓ %s (%,d MB)",
            lesson.file(files),
            Files.size(lesson.file(files)) / 1_000_000));
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path one : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(one);
      }
    }
  }
}
