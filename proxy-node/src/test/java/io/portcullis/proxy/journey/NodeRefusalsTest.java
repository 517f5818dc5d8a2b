package io.portcullis.proxy.journey;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node alone that cannot start says what is wrong, and the way out.
class NodeRefusalsTest {

  private final Path directory;
  private final FileFarm farm;

  NodeRefusalsTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    this.farm = new FileFarm(directory);
  }

  @Test
  void badFileIsRefusedAtStartWithEveryProblem() throws Exception {
    Path file =
        FileFarm.edit(
            farm.document("webext.contoso.com", 4443, 8080), "pool: pool01}", "pool: pool02}");
    FileFarm.edit(file, "farm: contoso-edge", "farm: contoso-edge\nfram: typo");
    try (Child node = Child.node("run", "--file", file.toString())) {
      assertThat(node.exitCode()).isEqualTo(1);
      assertThat(node.errors()).contains("pool02").contains("fram").contains("->");
    }
  }

  @Test
  void missingFilesAreNamedAllAtOnce() throws Exception {
    Path file = farm.document("webext.contoso.com", 4443, 8080);
    Files.delete(directory.resolve("pool-ca.pem"));
    Files.delete(directory.resolve("key.pem"));
    try (Child node = Child.node("run", "--file", file.toString())) {
      assertThat(node.exitCode()).isEqualTo(1);
      assertThat(node.errors())
          .contains("pools[0].tls.trustFile")
          .contains("certificates[0].keyFile");
    }
  }

  @Test
  void takenPortIsRefusedAndSaysWhichListener() throws Exception {
    try (Nginx nginx = farm.pool()) {
      String taken = "127.0.0.1:" + nginx.httpPort();
      Path file = farm.document("webext.contoso.com", 4443, 8080);
      try (Child node = Child.node("run", "--file", file.toString(), "--listen", "http=" + taken)) {
        assertThat(node.exitCode()).isEqualTo(1);
        assertThat(node.errors()).contains("listener http").contains(taken);
      }
    }
  }

  @Test
  void memberThatIsOurOwnListenerIsRefused() throws Exception {
    Path file = farm.document("webext.contoso.com", 4443, 8080);
    try (Child node =
        Child.node("run", "--file", file.toString(), "--listen", "https=127.0.0.1:4443")) {
      assertThat(node.exitCode()).isEqualTo(1);
      assertThat(node.errors()).contains("fe1.contoso.local").contains("circles");
    }
  }

  @Test
  void wrongUsageIsTwo() throws Exception {
    try (Child node = Child.node("run", "--file", "x", "--state", "y")) {
      assertThat(node.exitCode()).isEqualTo(2);
    }
    try (Child node = Child.node("run", "--file", "x", "--join", "y")) {
      assertThat(node.exitCode()).isEqualTo(2);
    }
    try (Child node = Child.node("run", "--file", "x", "--transport", "pigeon")) {
      assertThat(node.exitCode()).isEqualTo(2);
      assertThat(node.errors()).contains("pigeon").contains("io_uring, epoll, nio");
    }
  }

  @Test
  void aTransportThatIsNotThereIsRefusedWithTheOneThatIs() throws Exception {
    try (Child node =
        Child.node(
            List.of("-Dio.netty.transport.noNative=true"),
            "run",
            "--file",
            farm.document("webext.contoso.com", 4443, 8080).toString(),
            "--access-log",
            directory.resolve("access.log").toString(),
            "--transport",
            "io_uring")) {
      assertThat(node.exitCode()).isEqualTo(1);
      assertThat(node.errors()).contains("io_uring is not available here").contains("uses nio");
    }
  }

  @Test
  void nodeWithoutIdentityIsToldHowToJoin() throws Exception {
    try (Child node = Child.node("run", "--state", directory.resolve("state").toString())) {
      assertThat(node.exitCode()).isEqualTo(1);
      assertThat(node.errors()).contains("token create").contains("--join");
    }
  }
}
