package io.portcullis.perf.micro;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// That the benchmarks are there and run; how fast is not for a test.
class MicroCommandTest {

  private static final List<String> BENCHMARKS =
      List.of(
          "message.HeadParseBench",
          "rule.RuleMatchBench",
          "balance.RendezvousBench",
          "binding.LookupBench",
          "binding.LogEntryBench",
          "snapshot.CompileBench",
          "observe.AccessLogBench",
          "observe.HandOffBench",
          "tls.RecordBench");

  @TempDir private Path directory;

  @Test
  void everyBenchmarkIsListedWithWhatItModels() {
    var listed = MicroList.distributions();
    assertThat(listed.keySet())
        .containsExactlyInAnyOrderElementsOf(
            BENCHMARKS.stream().map(name -> "io.portcullis.perf.micro." + name).toList());
    assertThat(listed.values()).allSatisfy(model -> assertThat(model).hasSizeGreaterThan(40));
    assertThat(MicroList.text()).contains("binding.LookupBench (member)\n    1,000,000 bound");
  }

  /// In this process, for tenths of a second: forks are `farmctl perf micro --quick`.
  @Test
  void everyBenchmarkRunsAndCountsItsBytes() throws IOException {
    Path result = directory.resolve("micro.json");
    assertThat(run("--quick", "--forks", "0", "--save", result.toString())).isZero();
    MicroResults results = MicroResults.read(result);
    for (String name : BENCHMARKS) {
      assertThat(results.byName().keySet()).anyMatch(key -> key.startsWith(name + "."));
    }
    assertThat(results.byName().values())
        .allSatisfy(one -> {
          assertThat(one.mean()).isPositive();
          assertThat(one.allocated()).isNotNegative();
        });
  }

  @Test
  void aNameThatNoBenchmarkHasIsWrongUsage() {
    assertThat(run("--quick", "--only", "juggling")).isEqualTo(2);
  }

  private static int run(String... arguments) {
    return new CommandLine(new MicroCommand()).execute(arguments);
  }
}
