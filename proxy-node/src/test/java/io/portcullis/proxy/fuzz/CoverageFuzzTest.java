package io.portcullis.proxy.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Coverage-guided fuzzing of all that reads bytes from outside, each reader in a process of its own: it begins with the corpus under
/// `fuzz/` (a line of hexadecimal each; what earlier runs found worth keeping) and tries as many inputs as it is told.
///
/// `-Dfuzz.runs=N` prolongs it, and `-Dfuzz.keep=DIRECTORY` keeps the corpus that it grew, one directory for each target. An input that
/// fails is printed; it becomes a case of the conformance files when the fault is mended.
class CoverageFuzzTest {

  private static final int RUNS = Integer.getInteger("fuzz.runs", 40_000);
  private static final String PACKAGE = "io.portcullis.proxy.";

  /// They watch for calls that no reader here makes, and cost most of the start.
  private static final String SANITIZERS =
      Stream.of(
              "BigDecimal",
              "ClojureLangHooks",
              "Deserialization",
              "ExpressionLanguageInjection",
              "FilePathTraversal",
              "LdapInjection",
              "NamingContextLookup",
              "OsCommandInjection",
              "ReflectiveCall",
              "RegexInjection",
              "RegexRoadblocks",
              "ScriptEngineInjection",
              "ServerSideRequestForgery",
              "SqlInjection",
              "TemplateInjection",
              "UnsafeSanitizer",
              "XPathInjection",
              "XmlParserSsrfGuidance")
          .map(name -> "com.code_intelligence.jazzer.sanitizers." + name)
          .collect(Collectors.joining(File.pathSeparator));

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"message.MessageFuzzTarget", "h2.Http2FuzzTarget", "tls.HelloFuzzTarget"})
  void nothingButAnswersAndRefusalsComesOut(String target) throws Exception {
    Path corpus = unpack(target);
    Path said = directory.resolve("said");
    Process fuzzer =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:+EnableDynamicAgentLoading",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + PACKAGE + target,
                "--instrumentation_includes=" + PACKAGE + "**",
                "--custom_hook_excludes=**",
                "--disabled_hooks=" + SANITIZERS,
                "--reproducer_path=" + directory,
                "-artifact_prefix=" + directory + "/failed-",
                "-runs=" + RUNS,
                "-seed=20261121",
                "-max_len=4096",
                "-print_final_stats=1",
                corpus.toString())
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    int code = fuzzer.waitFor();
    String words = Files.readString(said, StandardCharsets.ISO_8859_1);
    assertThat(code).as("%s%n%s", words, failed()).isZero();
    assertThat(words).contains("stat::number_of_executed_units:");
    assertThat(executed(words)).as(words).isGreaterThanOrEqualTo(RUNS);
  }

  private Path unpack(String target) throws IOException {
    String keep = System.getProperty("fuzz.keep");
    Path corpus =
        Files.createDirectories(
            keep == null ? directory.resolve("corpus") : Path.of(keep).resolve(target));
    try (InputStream in = getClass().getResourceAsStream("/fuzz/" + target + ".txt")) {
      byte[] all = Objects.requireNonNull(in, target).readAllBytes();
      int number = 0;
      for (String line : new String(all, StandardCharsets.US_ASCII).split("\n", -1)) {
        if (!line.isBlank()) {
          Files.write(corpus.resolve("kept-" + number++), HexFormat.of().parseHex(line));
        }
      }
      assertThat(number).as("inputs to begin with").isPositive();
    }
    return corpus;
  }

  private static long executed(String words) {
    return words
        .lines()
        .filter(line -> line.startsWith("stat::number_of_executed_units:"))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':', 6) + 1).trim()))
        .findFirst()
        .orElse(0);
  }

  private List<String> failed() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("failed-"))
          .map(CoverageFuzzTest::hex)
          .toList();
    }
  }

  private static String hex(Path file) {
    try {
      return file.getFileName() + ": " + HexFormat.of().formatHex(Files.readAllBytes(file));
    } catch (IOException e) {
      return file + ": " + e;
    }
  }
}
