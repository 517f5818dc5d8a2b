package io.portcullis.journey;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    Program flags =
        Program.start(
            installed,
            Map.of("PORTCULLIS_JAVA_OPTS", "-XX:+PrintFlagsFinal -version"),
            List.of("taskset", "-c", oneProcessor(), farmctl.toString(), "node", "run"));
    assertThat(flags.exitCode()).as(flags.output()).isZero();
    assertThat(flags.output()).containsPattern("MaxNewSize += %d ".formatted(48 * 1024 * 1024));
  }

  /// The first that this process may use (proc(5)).
  private static String oneProcessor() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("Cpus_allowed_list:"))
        .map(line -> line.replaceFirst("\\D*(\\d+).*", "$1"))
        .findFirst()
        .orElseThrow();
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
