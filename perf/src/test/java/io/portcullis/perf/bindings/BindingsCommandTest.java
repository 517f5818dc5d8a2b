package io.portcullis.perf.bindings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class BindingsCommandTest {
  @TempDir Path directory;

  @Test
  void everyWishIsSeenByEveryNodeAndAFreshOneHasThemAll() {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      int code =
          new CommandLine(new BindingsCommand())
              .execute(
                  "--coordinators=1",
                  "--nodes=2",
                  "--live=2000",
                  "--rate=1000",
                  "--sustained=4000",
                  "--seconds=1",
                  "--warm-up=1",
                  "--dir=" + directory);
      assertThat(code).isZero();
    } finally {
      System.setOut(before);
    }
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("fill ", "warm-up ", "new sources ", "moves ")
        .contains("a fresh node has all 3,000 after");
  }

  @Test
  void whatCannotBeMeasuredIsRefused() {
    assertThat(new CommandLine(new BindingsCommand()).execute("--coordinators=6")).isEqualTo(2);
    assertThat(new CommandLine(new BindingsCommand()).execute("--live=9000000")).isEqualTo(2);
  }
}
