package io.portcullis.perf.capacity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SheetTest {

  @TempDir private Path directory;

  /// 60 requests a minute at 1,000 for a CPU second, and nothing else, cost a thousandth of a core.
  private static Assumed assumed(double handshakes, double cores, double memory) {
    return new Assumed(60, handshakes, 0.5, 0, 1, cores, 0.5, memory, 65_536);
  }

  private static final Measured MEASURED = new Measured(1000, 100, 400, 500, 20_000);

  @Test
  void requestsAloneTakeTheirShareOfACore() {
    assertThat(Sheet.cpuSharePerUser(MEASURED, assumed(0, 2, 1))).isCloseTo(0.001, within(1e-12));
    assertThat(Sheet.of(MEASURED, assumed(0, 2, 1e12)).rows().getFirst().users())
        .isCloseTo(1000, within(1e-6));
  }

  @Test
  void handshakesAreAddedAsFullAndResumedOnes() {
    // One a second: half of it at 1/100, half at 1/400 of a CPU second.
    assertThat(Sheet.cpuSharePerUser(MEASURED, assumed(3600, 2, 1)))
        .isCloseTo(0.001 + 0.005 + 0.00125, within(1e-12));
  }

  @Test
  void whatGivesOutFirstIsTheAnswer() {
    Sheet tight = Sheet.of(MEASURED, assumed(0, 2, 4_000_000));
    assertThat(tight.users()).isEqualTo(100);
    assertThat(tight.nodes(1000)).isEqualTo(11);
    assertThat(Sheet.of(MEASURED, assumed(0, 1000, 1e12)).users()).isEqualTo(32_768);
  }

  @Test
  void whatWasNotMeasuredIsNotAnswered() {
    Sheet sheet = Sheet.of(new Measured(1000, 100, 400, 500, Double.NaN), assumed(0, 2, 4_000_000));
    assertThat(sheet.isComplete()).isFalse();
    assertThat(sheet.rows().get(1).basis()).startsWith("? bytes each");
  }

  @Test
  void theCommandReadsWhatCompareAndIdleWrote() throws IOException {
    String[] arguments = {"--measured", directory.toString(), "--users", "1000"};
    assertThat(new CommandLine(new CapacityCommand()).execute(arguments)).isEqualTo(1);
    Files.writeString(
        directory.resolve("compare.json"),
        """
        {"perCpuSecond": {"small": {"portcullis": 1000, "nginx": 2000}, "1m": {"portcullis": 500},
          "handshake-full": {"portcullis": 100}, "handshake-resumed": {"portcullis": 400}}}
        """);
    assertThat(new CommandLine(new CapacityCommand()).execute(arguments)).isEqualTo(1);
    Files.writeString(directory.resolve("idle.json"), "{\"bytesEach\": {\"portcullis\": 20000}}");
    assertThat(new CommandLine(new CapacityCommand()).execute(arguments)).isZero();
    assertThat(Measured.read(directory.resolve("compare.json"), directory.resolve("idle.json")))
        .isEqualTo(MEASURED);
  }

  @Test
  void anImpossibleAssumptionIsNamed() {
    assertThatThrownBy(() -> new Assumed(6, 1, 2, 1, 1, 1, 1, 1, 1))
        .hasMessageContaining("--resumed");
  }
}
