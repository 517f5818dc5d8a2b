package io.portcullis.perf.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.perf.staging.StagingPool;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChildrenTest {

  @TempDir private Path directory = Path.of("");

  private Children children;

  @BeforeEach
  void begin() {
    children = new Children(directory.resolve("processes"));
  }

  @AfterEach
  void stop() {
    children.stop();
  }

  private Child.Program member(int port) {
    return new Child.Program(
        "fe1.contoso.local",
        directory.resolve("logs").resolve("fe1.log"),
        List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"),
        StagingPool.class.getName(),
        List.of("--dir", directory.toString(), "--member", "fe1.contoso.local=0:" + port));
  }

  @Test
  void processesAreRegisteredWhileTheyRunAndStopByThemselves() throws Exception {
    Child child = children.start(member(0));
    assertThat(child.awaitLine("member ")).contains("fe1.contoso.local https=");
    assertThat(directory.resolve("processes"))
        .content()
        .contains("fe1.contoso.local " + child.pid());

    assertThat(children.stop()).as("had to be killed").isEmpty();

    assertThat(child.isAlive()).isFalse();
    assertThat(child.exitCode()).isZero();
    assertThat(directory.resolve("processes")).doesNotExist();
  }

  @Test
  void failureToStartNamesTheLogAndItsLastLines() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Child child = children.start(member(taken.getLocalPort()));

      assertThatThrownBy(() -> child.awaitLine("member "))
          .isInstanceOf(DemoFailure.class)
          .hasMessageContaining("fe1.contoso.local ended with exit code 1")
          .hasMessageContaining("log: " + directory.resolve("logs").resolve("fe1.log"))
          .hasMessageContaining("cannot listen on 127.0.0.1:" + taken.getLocalPort());
    }
  }

  @Test
  void unexpectedEndIsNoticed() throws Exception {
    Child child = children.start(member(0));
    child.awaitLine("member ");
    children.requireAlive();
    child.terminate();
    assertThat(child.awaitEnd(Duration.ofSeconds(15))).isTrue();

    assertThatThrownBy(children::requireAlive)
        .hasMessageContaining("fe1.contoso.local ended")
        .hasMessageContaining("| stopped");
  }

  @Test
  void nothingStartsAfterTheStop() {
    Child.Program program = member(0);
    children.stop();

    assertThatThrownBy(() -> children.start(program)).isInstanceOf(DemoFailure.class);
  }
}
