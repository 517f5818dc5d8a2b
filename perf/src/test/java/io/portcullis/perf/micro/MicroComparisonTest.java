package io.portcullis.perf.micro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MicroComparisonTest {

  @TempDir private Path directory;

  /// A result file as JMH writes it, as far as it is read.
  private MicroResults results(String values, double bytes) throws IOException {
    return MicroResults.read(
        Files.writeString(
            directory.resolve("results.json"),
            """
            [{"benchmark": "io.portcullis.perf.micro.rule.RuleMatchBench.decide", "params": {"rules": "10"},
              "primaryMetric": {"score": 1, "scoreUnit": "ns/op", "rawData": [%s]},
              "secondaryMetrics": {"gc.alloc.rate.norm": {"score": %s}}}]
            """
                .formatted(values, bytes)));
  }

  private MicroComparison compare(String before, String now, double bytesBefore, double bytesNow)
      throws IOException {
    return MicroComparison.of(results(before, bytesBefore), results(now, bytesNow));
  }

  @Test
  void aFifthSlowerIsFound() throws IOException {
    MicroComparison comparison =
        compare("[100, 101, 99], [102, 98, 100]", "[120, 121, 119], [122, 118, 120]", 0, 0);
    assertThat(comparison.isWorse()).isTrue();
    assertThat(comparison.text())
        .contains("✗ slower")
        .contains("rule.RuleMatchBench.decide rules=10");
  }

  @Test
  void noiseIsNotSlower() throws IOException {
    assertThat(
            compare("[100, 140, 90], [95, 130, 100]", "[110, 150, 95], [100, 120, 130]", 0, 0)
                .isWorse())
        .isFalse();
  }

  @Test
  void sureButSmallIsNotSlower() throws IOException {
    MicroComparison comparison = compare("[100, 100.1, 99.9]", "[103, 103.1, 102.9]", 0, 0);
    assertThat(comparison.lines())
        .singleElement()
        .extracting(MicroComparison.Line::verdict)
        .isEqualTo("✓ same");
  }

  @Test
  void oneObjectMoreIsFoundWhateverTheTimesSay() throws IOException {
    MicroComparison comparison = compare("[100, 200, 300]", "[100, 200, 300]", 0.001, 16);
    assertThat(comparison.isWorse()).isTrue();
    assertThat(comparison.text()).contains("✗ allocates");
    assertThat(compare("[100, 200]", "[100, 200]", 96, 96.4).isWorse()).isFalse();
  }

  @Test
  void anotherFileIsRefused() throws IOException {
    Path file = Files.writeString(directory.resolve("other"), "no JSON");
    assertThatThrownBy(() -> MicroResults.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not a result of farmctl perf micro");
  }
}
