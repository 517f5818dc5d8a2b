package io.portcullis.journey;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The launcher as it stands on an appliance: `farmctl` with a `lib` beside it, no checkout.
class LauncherTest {

  @TempDir Path installed;
  private Path farmctl = Path.of("farmctl");

  @BeforeEach
  void install() throws IOException {
    farmctl = installed.resolve("farmctl");
    Files.copy(Path.of("..", "farmctl"), farmctl);
    assertThat(farmctl.toFile().setExecutable(true)).isTrue();
    Files.createSymbolicLink(
        installed.resolve("lib"), Path.of("target/portcullis/lib").toAbsolutePath());
  }

  @Test
  void handsOverToTheOperatorsCommands() throws Exception {
    Program help = run(Map.of(), "help");
    assertThat(help.exitCode()).as(help.output()).isZero();
    assertThat(help.output()).contains("apply", "status", "demo", "test");
  }

  @Test
  void findsJavaWhereJavaHomePoints() throws Exception {
    Program version =
        run(
            Map.of(
                "JAVA_HOME",
                System.getProperty("java.home"),
                "PORTCULLIS_JVM_DIR",
                installed.toString()),
            "version");
    assertThat(version.exitCode()).as(version.output()).isZero();
  }

  @Test
  void saysWhichReleaseIsInstalled() throws Exception {
    Program version = run(Map.of(), "version");
    assertThat(version.exitCode()).as(version.output()).isZero();
    assertThat(version.output()).containsPattern("portcullis \\d+\\.\\d+\\.\\d+");
  }

  @Test
  void saysWhatToInstallWhenEveryJavaIsTooOld() throws Exception {
    Path old = Files.createDirectories(installed.resolve("jvm/old/bin"));
    Files.copy(Path.of("/bin/true"), old.resolve("java"));
    Files.writeString(installed.resolve("jvm/old/release"), "JAVA_VERSION=\"17.0.15\"\n");
    // Without apt-get on the path nothing can be installed behind the test's back.
    Path path = Files.createDirectories(installed.resolve("path"));
    for (String tool : List.of("bash", "dirname", "readlink", "sed", "id", "env")) {
      Files.createSymbolicLink(path.resolve(tool), Path.of("/usr/bin", tool));
    }
    Program refused =
        run(
            Map.of(
                "JAVA_HOME",
                installed.resolve("jvm/old").toString(),
                "PORTCULLIS_JVM_DIR",
                installed.resolve("jvm").toString(),
                "PATH",
                path.toString()),
            "status");
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.output()).contains("no Java 25", "openjdk-25-jdk-headless");
  }

  /// More would be touched once by a flood of connections, and stay resident.
  @Test
  void aNodesYoungGenerationIsBoundedForEachProcessor() throws Exception {
    List<Integer> processors = processors();
    String all = processors.stream().map(String::valueOf).collect(Collectors.joining(","));
    assertThat(maxNewSize(processors.getFirst().toString(), "")).isEqualTo(bound(1));
    assertThat(maxNewSize(all, "")).isEqualTo(bound(processors.size()));
  }

  /// With more, the Serial collector of a small machine with many processors had no old generation.
  @Test
  void aNodesYoungGenerationIsNeverMoreThanAThirdOfItsHeap() throws Exception {
    Path nproc = installed.resolve("nproc");
    Files.writeString(nproc, "#!/bin/sh\necho 100000\n");
    assertThat(nproc.toFile().setExecutable(true)).isTrue();
    assertThat(maxNewSize(processors().getFirst().toString(), "")).isEqualTo(bound(100_000));
  }

  @Test
  void whoSizesTheHeapOfANodeSizesItsYoungGeneration() throws Exception {
    String one = processors().getFirst().toString();
    assertThat(maxNewSize(one, "-Xmx96m -XX:+UseSerialGC")).isEqualTo(32L << 20);
    assertThat(maxNewSize(one, "-XX:MaxNewSize=24m")).isEqualTo(24L << 20);
  }

  /// Never more than a third of the heap that the JVM takes by itself, a quarter of the memory.
  private static long bound(int processors) throws IOException {
    long kilobytes =
        Long.parseLong(
            Files.readAllLines(Path.of("/proc/meminfo")).getFirst().replaceAll("\\D", ""));
    return Math.min(48L * processors, kilobytes / 1024 / 12) << 20;
  }

  private long maxNewSize(String processors, String options) throws Exception {
    Program flags =
        Program.start(
            installed,
            Map.of(
                "PATH",
                installed + ":" + System.getenv("PATH"),
                "PORTCULLIS_JAVA_OPTS",
                options + " -XX:+PrintFlagsFinal -version"),
            List.of("taskset", "-c", processors, farmctl.toString(), "node", "run"));
    assertThat(flags.exitCode()).as(flags.output()).isZero();
    Matcher size = Pattern.compile(" MaxNewSize += (\\d+) ").matcher(flags.output());
    assertThat(size.find()).as(flags.output()).isTrue();
    return Long.parseLong(size.group(1));
  }

  /// That this process may use (proc(5)), in words like 0-3,8.
  private static List<Integer> processors() throws IOException {
    String ranges =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("Cpus_allowed_list:"))
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .findFirst()
            .orElseThrow();
    return Stream.of(ranges.split(","))
        .map(range -> range.split("-"))
        .flatMap(ends ->
            IntStream.rangeClosed(
                    Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]))
                .boxed())
        .toList();
  }

  @Test
  void testNeedsACheckout() throws Exception {
    Program refused = run(Map.of(), "test");
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.output()).contains("needs a checkout");
  }

  private Program run(Map<String, String> environment, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(farmctl.toString());
    command.addAll(List.of(arguments));
    return Program.start(installed, environment, command);
  }
}
