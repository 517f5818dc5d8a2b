package io.portcullis.journey;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The first thing a user types: it must work, twice, two at a time, and leave nothing behind.
class DemoTest {

  @TempDir Path first;
  @TempDir Path second;

  @Test
  void checkPublishesAsksAndLeavesNothingBehindTwiceInOneDirectory() throws Exception {
    for (int run = 1; run <= 2; run++) {
      Program demo = demo(first, "--check");
      assertThat(demo.exitCode()).as("run %s%n%s", run, demo.output()).isZero();
      assertThat(demo.output())
          .contains(
              "node-1",
              "node-2",
              "meet.contoso.com",
              "meet.fabrikam.com",
              "dialin.contoso.com",
              "lyncdiscover.fabrikam.com",
              "TLSv1.3",
              "301",
              "404");
      assertThat(processesOf(first)).isEmpty();
    }
  }

  @Test
  void twoInDifferentDirectoriesStayUpSideBySideAndStopOnInterrupt() throws Exception {
    try (Program one = demo(first);
        Program two = demo(second)) {
      String curlOfOne = pastedCurl(one);
      String curlOfTwo = pastedCurl(two);
      assertThat(shell(curlOfOne)).contains("fe");
      assertThat(shell(curlOfTwo)).contains("fe");
      assertThat(processesOf(first)).hasSizeGreaterThanOrEqualTo(4);
      one.signal("INT");
      one.exitCode();
      assertThat(processesOf(first)).isEmpty();
      assertThat(shell(curlOfTwo)).as("the other demo goes on").contains("fe");
      two.signal("TERM");
      two.exitCode();
      assertThat(processesOf(second)).isEmpty();
    }
  }

  @Test
  void aSecondDemoInTheSameDirectoryIsNamedByPid() throws Exception {
    try (Program running = demo(first)) {
      pastedCurl(running);
      Program refused = demo(first, "--check");
      assertThat(refused.exitCode()).isEqualTo(1);
      assertThat(refused.output()).contains(Long.toString(running.pid()));
    }
    assertThat(processesOf(first)).isEmpty();
  }

  private static Program demo(Path directory, String... more) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("--dir", directory.toString()));
    arguments.addAll(List.of(more));
    return Program.java(
        directory, List.of(), "io.portcullis.perf.demo.Demo", arguments.toArray(String[]::new));
  }

  /// The first https curl line the demo offers, as a person would copy it.
  private static String pastedCurl(Program demo) {
    Matcher line = demo.awaitLine("^\\W*(curl [^\\n]*https://\\S+)");
    return line.group(1);
  }

  private String shell(String line) throws Exception {
    Program shell = Program.finished(first, List.of("sh", "-c", line));
    assertThat(shell.exitCode()).as("%s%n%s", line, shell.output()).isZero();
    return shell.output();
  }

  /// Processes whose command line names the directory.
  private static List<String> processesOf(Path directory) throws IOException {
    try (var entries = Files.list(Path.of("/proc"))) {
      return entries
          .filter(entry -> Pattern.matches("\\d+", entry.getFileName().toString()))
          .map(entry -> entry.getFileName() + " " + commandLine(entry))
          .filter(line -> line.contains(directory.toString()))
          .toList();
    }
  }

  /// Empty for a process that ended while we looked.
  private static String commandLine(Path process) {
    try {
      return Files.readString(process.resolve("cmdline")).replace('\0', ' ');
    } catch (IOException e) {
      return "";
    }
  }
}
