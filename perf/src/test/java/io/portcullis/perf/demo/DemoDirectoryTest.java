package io.portcullis.perf.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DemoDirectoryTest {

  @TempDir private Path temporary = Path.of("");

  @Test
  void directoryOfSomebodyElseIsLeftAlone() throws Exception {
    Path letter = Files.writeString(temporary.resolve("letter"), "dear");

    assertThatThrownBy(() -> DemoDirectory.take(temporary))
        .isInstanceOf(DemoFailure.class)
        .hasMessageContaining("--dir");
    assertThat(temporary).isDirectoryContaining(letter::equals);
    assertThat(letter).hasContent("dear");
  }

  @Test
  void runningDemoIsNamedByPid() throws Exception {
    DemoDirectory first = DemoDirectory.take(temporary.resolve("demo"));
    try (var _ = first.lock()) {
      assertThatThrownBy(() -> DemoDirectory.take(temporary.resolve("demo")))
          .hasMessageContaining("kill " + ProcessHandle.current().pid());
    }
  }

  @Test
  void nextDemoFindsItEmpty() throws Exception {
    Path path = temporary.resolve("demo");
    DemoDirectory first = DemoDirectory.take(path);
    Files.createDirectories(first.coordinator().resolve("deep"));
    Files.writeString(first.operator(), "key");
    first.lock().close();

    DemoDirectory second = DemoDirectory.take(path);
    try (var _ = second.lock();
        var files = Files.list(path)) {
      assertThat(files.map(file -> file.getFileName().toString())).containsExactly("demo.lock");
    }
  }

  @Test
  void processesOfAKilledDemoAreEnded() throws Exception {
    Path path = temporary.resolve("demo");
    DemoDirectory killed = DemoDirectory.take(path);
    Process left = new ProcessBuilder("sleep", "600").start();
    try {
      long started = left.info().startInstant().orElseThrow().toEpochMilli();
      Files.writeString(
          killed.register(),
          "node-1 %d %d\nnode-2 %d %d\n"
              .formatted(left.pid(), started, ProcessHandle.current().pid(), started));
      killed.lock().close();

      DemoDirectory next = DemoDirectory.take(path);
      try (var _ = next.lock()) {
        assertThat(next.leftovers()).isEqualTo(List.of("node-1"));
        assertThat(left.waitFor(10, TimeUnit.SECONDS)).isTrue();
      }
    } finally {
      left.destroyForcibly();
    }
  }
}
