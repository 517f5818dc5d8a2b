package io.portcullis.journey;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `farmctl test` ends with, from reports that the test runner wrote.
class SummaryTest {

  private static final Path REPORTS = Path.of("src", "test", "resources", "outcomes");

  @TempDir Path checkout;

  @Test
  void namesWhatFailedAtItsFirstTry() throws Exception {
    report("proxy-node", "TEST-OutcomesTest.xml");
    report("farm-coordinator/access-provider", "TEST-BrokenStartTest.xml");
    booted("edge-1: serves\n");

    Program summary = summary("0");

    assertThat(summary.exitCode()).isEqualTo(1);
    assertThat(summary.output())
        .isEqualTo(
            """
            farmctl: skipped; a skipped test counts as failed:
              OutcomesTest.isSkipped: not here
            farmctl: failed:
              BrokenStartTest.: port taken
              OutcomesTest.eachOf(int)[2]: two is late (its second try passed)
              OutcomesTest.timesOutWithoutAWord: java.util.concurrent.TimeoutException (its second try passed)
              OutcomesTest.throwsTwice: no member
              OutcomesTest.failsTwice: no & never
              OutcomesTest.passesAtItsSecondTry: not within PT30S: "look" <late> and more (its second try passed)
            4 passed, 7 failed
            """);
  }

  @Test
  void nothingFailed() throws Exception {
    booted("edge-1: serves\nedge-2: serves\n");
    Program summary = summary("0");
    assertThat(summary.exitCode()).isZero();
    assertThat(summary.output()).isEqualTo("2 passed, 0 failed\n");
  }

  @Test
  void whatRanFailedWithoutAReport() throws Exception {
    booted("edge-1: serves\n");
    Program summary = summary("143");
    assertThat(summary.exitCode()).isEqualTo(143);
    assertThat(summary.output())
        .contains("outside the unit tests")
        .endsWith("1 passed, 1 failed\n");
  }

  @Test
  void nothingRan() throws Exception {
    Program summary = summary("0");
    assertThat(summary.exitCode()).isEqualTo(1);
    assertThat(summary.output()).contains("no test ran").endsWith("0 passed, 1 failed\n");
  }

  private Program summary(String status) throws Exception {
    return Program.finished(
        checkout,
        List.of(
            Path.of("..", ".ci", "summary").toAbsolutePath().toString(),
            status,
            checkout.toString()));
  }

  private void report(String module, String name) throws IOException {
    Path reports =
        Files.createDirectories(checkout.resolve(module).resolve("target/surefire-reports"));
    Files.copy(REPORTS.resolve(name), reports.resolve(name));
  }

  private void booted(String passed) throws IOException {
    Path target = Files.createDirectories(checkout.resolve("image/target/boottest"));
    Files.writeString(target.resolve("passed"), passed);
  }
}
