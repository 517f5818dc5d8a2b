package io.portcullis.perf.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// That every contender keeps idle connections; what they weigh is not for a test.
class IdleCommandTest {

  @TempDir private Path directory;

  @Test
  void idleConnectionsAreOpenedOnAContender() {
    int code =
        new CommandLine(new IdleCommand())
            .execute("--dir", directory.toString(), "--connections", "5", "--proxy", "nginx");
    assertThat(code).isZero();
  }

  @Test
  void moreThanTheDescriptorsAllowIsWrongUsage() {
    assertThat(new CommandLine(new IdleCommand()).execute("--connections", "1000000")).isEqualTo(2);
  }
}
