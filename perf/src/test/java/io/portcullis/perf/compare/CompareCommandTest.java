package io.portcullis.perf.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// That all three do the same work without an error; which is faster is not for a test.
class CompareCommandTest {

  @TempDir private Path directory;

  private int run(String... arguments) {
    String[] all = new String[arguments.length + 9];
    String[] usual = {
      "--dir",
      directory.toString(),
      "--rounds",
      "1",
      "--seconds",
      "0.2",
      "--warm-up",
      "0",
      "--no-pin"
    };
    System.arraycopy(usual, 0, all, 0, usual.length);
    System.arraycopy(arguments, 0, all, usual.length, arguments.length);
    return new CommandLine(new CompareCommand()).execute(all);
  }

  @Test
  void everyContenderCarriesEveryKindOfBody() {
    assertThat(run("--only", "small,1m,upload-1m,clear-small")).isZero();
    assertThat(directory.resolve("compare.md"))
        .content()
        .contains(
            "| upload-1m | portcullis |",
            "| 1m | nginx |",
            "| clear-small | haproxy |",
            "All agreed on the same, and every body on every port was right.");
    assertThat(directory.resolve("compare.html")).content().contains("No errors.");
  }

  @Test
  void anUnknownWorkloadIsWrongUsage() {
    assertThat(run("--only", "huge")).isEqualTo(2);
  }
}
