package io.portcullis.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The Vagrantfile at the top, as Vagrant itself reads it. There is no provider here, so nothing comes up.
class VagrantfileTest {

  private static final Path VAGRANTFILE = Path.of("../Vagrantfile").toAbsolutePath().normalize();

  @Test
  void vagrantTakesTheFile(@TempDir Path directory) throws Exception {
    String file = Files.readString(VAGRANTFILE);
    assertThat(validated(directory, file)).contains("Vagrantfile validated successfully");
    assertThat(validated(directory, file.replace("boot_timeout", "boot_timout")))
        .contains("boot_timout")
        .doesNotContain("successfully");
  }

  private static String validated(Path directory, String file)
      throws IOException, InterruptedException {
    Files.writeString(directory.resolve("Vagrantfile"), file);
    ProcessBuilder builder =
        new ProcessBuilder("vagrant", "validate", "--ignore-provider")
            .directory(directory.toFile())
            .redirectErrorStream(true);
    builder.environment().put("VAGRANT_HOME", directory.resolve("home").toString());
    builder.environment().put("VAGRANT_CHECKPOINT_DISABLE", "1");
    Process process = builder.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int _ = process.waitFor();
    return said;
  }
}
