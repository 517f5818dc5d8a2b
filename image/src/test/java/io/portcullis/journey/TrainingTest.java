package io.portcullis.journey;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An installation that practises: what its JVMs learned is used by the next start, and not once the jars are others.
class TrainingTest {

  /// The JVM says what it starts from.
  private static final Map<String, String> TELL =
      Map.of("PORTCULLIS_JAVA_OPTS", "-Xlog:aot*=info:stdout");

  private static final Map<String, String> TELL_PROFILES =
      Map.of("PORTCULLIS_JAVA_OPTS", "-XX:+UnlockDiagnosticVMOptions -XX:+AOTPrintTrainingInfo");

  /// That of a method, in a list.
  private static final Pattern PROFILE = Pattern.compile("(?m)^ *\\d+: 0x[0-9a-f]+ M ");

  private static final String LEARNED = "Using AOT-linked classes: true";

  @TempDir Path installed;

  @Test
  void whatTheJvmsLearnedIsUsedUntilTheJarsChange() throws Exception {
    Path lib = Files.createDirectories(installed.resolve("lib"));
    Files.copy(Path.of("..", "farmctl"), installed.resolve("farmctl"));
    assertThat(installed.resolve("farmctl").toFile().setExecutable(true)).isTrue();
    try (Stream<Path> jars = Files.list(Path.of("target/portcullis/lib"))) {
      for (Path jar : jars.filter(file -> file.toString().endsWith(".jar")).toList()) {
        Files.copy(jar, lib.resolve(jar.getFileName()));
      }
    }

    assertThat(said("version")).contains("archive").doesNotContain(LEARNED);

    Program training = run(Map.of(), "train", "--share", "1");
    // Its own bounds are minutes for each of three programs.
    assertThat(training.exitCode(Duration.ofMinutes(15))).as(training.output()).isZero();
    try (Stream<Path> files = Files.list(lib)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .filteredOn(name -> !name.endsWith(".jar"))
          .containsExactlyInAnyOrder("node.aot", "coordinator.aot", "farmctl.aot");
    }

    assertThat(said("version")).contains("farmctl.aot", LEARNED);
    assertThat(said("node", "run", "--help")).contains("node.aot", LEARNED);
    assertThat(said("coordinator", "run", "--help")).contains("coordinator.aot", LEARNED);

    // With those of a practice, a node is slower in handshakes for minutes.
    assertThat(profiles("coordinator", "run", "--help")).isPositive();
    assertThat(profiles("node", "run", "--help")).isZero();

    Files.setLastModifiedTime(
        lib.resolve("jspecify-1.0.0.jar"), FileTime.from(Instant.now().plusSeconds(60)));
    Program after = run(Map.of(), "version");
    assertThat(after.exitCode()).as(after.output()).isZero();
    assertThat(after.output()).contains("farmctl.aot is older than the jars", "farmctl train");
  }

  private String said(String... arguments) throws Exception {
    Program program = run(TELL, arguments);
    assertThat(program.exitCode()).as(program.output()).isZero();
    return program.output();
  }

  private long profiles(String... arguments) throws Exception {
    Program program = run(TELL_PROFILES, arguments);
    program.exitCode();
    // Megabytes, not for a failure's message.
    String all = program.output();
    assertThat(all.contains("Archived TrainingData")).as("what was asked for").isTrue();
    return PROFILE.matcher(all).results().count();
  }

  private Program run(Map<String, String> environment, String... arguments) throws IOException {
    List<String> command =
        Stream.concat(Stream.of(installed.resolve("farmctl").toString()), Stream.of(arguments))
            .toList();
    return Program.start(installed, environment, command);
  }
}
