package io.portcullis.perf.staging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The staging pool as a process.
final class StagingCommandTest {

  @TempDir private Path directory = Path.of("");

  @Test
  void runsUntilTerminatedAndItsCurlLinesWorkAsPrinted() throws Exception {
    Process process =
        Lab.staging(
            "--dir",
            directory.toString(),
            "--member",
            "fe1.contoso.local=0:0",
            "--member",
            "fe2.contoso.local=0:0");
    try (BufferedReader lines = process.inputReader()) {
      assertThat(lines.readLine())
          .matches("member fe1.contoso.local https=127.0.0.1:\\d+ http=127.0.0.1:\\d+");
      assertThat(lines.readLine()).startsWith("member fe2.contoso.local https=");
      assertThat(lines.readLine()).isEqualTo("try:");
      for (int i = 0; i < 2; i++) {
        Lab.Output pasted =
            Lab.run(new ProcessBuilder("/bin/sh", "-c", lines.readLine() + " -f").start());
        assertThat(pasted.exit()).as(pasted.stderr()).isZero();
      }
      process.destroy();
      assertThat(process.waitFor(15, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void takenPortExitsOneAndSaysWhatToDo() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Lab.Output output =
          Lab.run(
              Lab.staging(
                  "--dir", directory.toString(), "--member", "fe1=0:" + taken.getLocalPort()));

      assertThat(output.exit()).isEqualTo(1);
      assertThat(output.stderr())
          .contains("staging: member fe1 cannot listen on 127.0.0.1:" + taken.getLocalPort())
          .doesNotContain("Exception");
    }
  }

  @Test
  void misspeltMemberExitsTwo() throws Exception {
    Lab.Output output =
        Lab.run(Lab.staging("--dir", directory.toString(), "--member", "fe1:4443:8080"));

    assertThat(output.exit()).isEqualTo(2);
    assertThat(output.stderr()).contains("NAME=HTTPS_PORT:HTTP_PORT");
  }
}
