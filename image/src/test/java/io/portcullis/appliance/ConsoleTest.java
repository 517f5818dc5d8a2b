package io.portcullis.appliance;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The console's screen: the real script, with a `systemctl` that only writes down that it is asked to power off.
class ConsoleTest {
  private static final Path CONSOLE = Path.of("tree/usr/lib/portcullis/console").toAbsolutePath();

  @TempDir private Path directory = Path.of("");

  @BeforeEach
  void aMachine() throws IOException {
    Files.createDirectories(directory.resolve("run/portcullis"));
    Path systemctl = Files.createDirectories(directory.resolve("bin")).resolve("systemctl");
    Files.writeString(
        systemctl,
        "#!/bin/sh\n[ \"$1\" != poweroff ] || echo poweroff >>%s/asked\n".formatted(directory));
    Files.setPosixFilePermissions(systemctl, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Process console() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder("bash", CONSOLE.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("screen").toFile());
    builder.environment().put("PORTCULLIS_ROOT", directory.toString());
    builder.environment().put("PATH", directory.resolve("bin") + ":" + System.getenv("PATH"));
    return builder.start();
  }

  private boolean isAskedToPowerOff() throws IOException {
    Path asked = directory.resolve("asked");
    return Files.exists(asked) && Files.readAllLines(asked).contains("poweroff");
  }

  /// The screen looks again every five seconds, also when somebody has typed half of a line by then.
  @Test
  void whatWasTypedWhenTheScreenLooksAgainCounts() throws Exception {
    Process console = console();
    try (OutputStream keyboard = console.getOutputStream()) {
      keyboard.write('p');
      keyboard.flush();
      Lan.eventually("the key is obeyed", this::isAskedToPowerOff);
    } finally {
      console.destroy();
      console.waitFor();
    }
  }
}
