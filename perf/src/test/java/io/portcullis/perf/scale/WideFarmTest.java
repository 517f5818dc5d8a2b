package io.portcullis.perf.scale;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.snapshot.Snapshot;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class WideFarmTest {

  @Test
  void theDocumentHoldsWhatWasAskedFor() {
    WideFarm farm = WideFarm.of(250, 3);
    assertThat(farm.config().rules()).hasSize(250);
    assertThat(farm.config().pools()).hasSize(3);
    assertThat(farm.config().certificates()).hasSize(4);
    Snapshot snapshot = WideFarm.compiled(farm.input(1, null));
    assertThat(snapshot.pools()).hasSize(3);
  }

  @Test
  void theCommandMeasuresThreeSizesAndRefusesNone() {
    assertThat(new CommandLine(new ScaleCommand()).execute("--rules", "30", "--certificates", "3"))
        .isZero();
    assertThat(new CommandLine(new ScaleCommand()).execute("--rules", "0")).isEqualTo(2);
  }

  @Test
  void everySizeIsMeasured() {
    ScaleCommand.Size size = ScaleCommand.measure(20, 2);
    assertThat(size.rules()).isEqualTo(20);
    assertThat(size.documentBytes()).isPositive();
  }
}
