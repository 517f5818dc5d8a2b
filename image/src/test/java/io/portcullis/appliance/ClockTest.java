package io.portcullis.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The wait for the right time before coordinator and node: the real script with the real rendering, chrony's answer as a test says.
class ClockTest {
  private static final Path TREE = Path.of("tree").toAbsolutePath();

  @TempDir private Path directory = Path.of("");
  private Path sources = Path.of("");
  private Map<String, String> rendered = Map.of();

  @BeforeEach
  void aMachine() throws IOException {
    sources = Files.createDirectories(directory.resolve("run/portcullis/chrony"));
    Files.createDirectories(directory.resolve("bin"));
  }

  private void settings(String ntp) throws IOException {
    String text = "#portcullis\nrole first\nfarm contoso-edge\nname edge-1\n" + ntp;
    assertThat(SettingsReader.read(text))
        .isInstanceOfSatisfying(
            SettingsReader.Outcome.Accepted.class,
            accepted -> {
              Placement card = new Placement(new Cards.Card("ens3", "52:54:00:00:00:01"), null);
              rendered = Rendering.of(accepted.settings(), card);
            });
    Files.writeString(
        sources.resolve("settings.sources"),
        rendered.getOrDefault("portcullis/chrony/settings.sources", ""));
  }

  private void chronySays(int exit) throws IOException {
    Path chronyc = directory.resolve("bin/chronyc");
    Files.writeString(
        chronyc,
        "#!/bin/sh\nprintf '%%s\\n' \"$*\" >>%s/asked\nexit %d\n".formatted(directory, exit));
    Files.setPosixFilePermissions(chronyc, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private String run() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder("bash", TREE.resolve("usr/lib/portcullis/clock").toString());
    builder
        .environment()
        .putAll(
            Map.of(
                "PORTCULLIS_ROOT",
                directory.toString(),
                "PATH",
                directory.resolve("bin") + ":" + System.getenv("PATH")));
    Process process = builder.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  @Test
  void theTimeServersOfTheSettingsAreWaitedForBounded() throws Exception {
    settings("ntp 10.0.0.1 10.0.0.2\n");
    chronySays(0);
    assertThat(run()).isEmpty();
    assertThat(directory.resolve("asked")).hasContent("-n waitsync 60 1 0 1");
  }

  @Test
  void aClockThatNobodyConfirmsIsToldAndDoesNotKeepTheFarmDown() throws Exception {
    settings("ntp 10.0.0.1 10.0.0.2\n");
    chronySays(1);
    assertThat(run()).startsWith("clock: since 20").contains("none of 10.0.0.1 10.0.0.2 had");
    assertThat(directory.resolve("run/portcullis/clock")).content().contains("had confirmed");
  }

  @Test
  void itIsWaitedForOnceAfterEachStart() throws Exception {
    settings("ntp 10.0.0.1\n");
    chronySays(1);
    assertThat(run()).isNotEmpty();
    assertThat(run()).as("a unit that is restarted, and the other one").isEmpty();
    assertThat(directory.resolve("asked")).hasContent("-n waitsync 60 1 0 1");
  }

  @Test
  void withoutTimeServersNobodyIsAsked() throws Exception {
    settings("");
    chronySays(1);
    assertThat(run()).isEmpty();
    assertThat(directory.resolve("asked")).doesNotExist();
  }

  @Test
  void aMachineWithoutSettingsDoesNotWait() throws Exception {
    chronySays(1);
    assertThat(run()).isEmpty();
  }

  @Test
  void coordinatorAndNodeBothWait() throws IOException {
    for (String unit : new String[] {"coordinator", "node"}) {
      assertThat(TREE.resolve("usr/lib/systemd/system/portcullis-" + unit + ".service"))
          .content()
          .contains("ExecStartPre=+/usr/lib/portcullis/clock\n", "chrony.service");
    }
    assertThat(TREE.resolve("usr/lib/portcullis/console")).content().contains("$(fact clock)");
  }
}
