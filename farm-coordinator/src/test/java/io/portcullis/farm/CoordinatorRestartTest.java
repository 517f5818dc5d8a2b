package io.portcullis.farm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.portcullis.farm.api.client.AdminClient;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.Role;
import io.portcullis.farm.server.StartFailed;
import io.portcullis.farm.store.Announcement;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.FarmWatch;
import io.portcullis.farm.store.Revision;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CoordinatorRestartTest {
  @TempDir Path directory;
  private Bench bench;

  @BeforeEach
  void startFarm() throws Exception {
    bench = Bench.start(directory);
  }

  @AfterEach
  void stopFarm() {
    bench.close();
  }

  private void apply(int weight, Map<String, String> files) throws Exception {
    try (AdminClient operator = bench.operator()) {
      Wire.ApplyResponse answer =
          operator.apply(
              new Wire.ApplyRequest(Bench.document(weight), files, null, "w" + weight), false);
      assertThat(answer.accepted()).as("%s", answer.problems()).isTrue();
    }
  }

  @Test
  void everythingIsKeptAndNodesFollowThroughTheOutage() throws Exception {
    Map<String, String> files = bench.files("webext01.contoso.com");
    List<Long> seen = new CopyOnWriteArrayList<>();
    FarmHome home = bench.homeOf(Role.NODE, "follower");
    AtomicBoolean failOnce = new AtomicBoolean(true);
    try (FarmStore store = FarmStore.connect(home);
        FarmWatch _ =
            store.watch(revision -> {
              if (failOnce.getAndSet(false)) {
                throw new IllegalStateException("not now");
              }
              seen.add(revision.number());
            });
        Announcement _ = store.nodes().announce("follower", () -> "here")) {
      apply(1, files);
      Bench.eventually(() -> seen.equals(List.of(1L)));
      apply(2, files);
      Bench.eventually(() -> seen.equals(List.of(1L, 2L)));
      Revision second = store.revisions().newest().orElseThrow();
      String connect = bench.home().zookeeper();
      Path pem = bench.state().resolve("operator.pem");
      String before = Files.readString(pem);

      bench.stop();
      Bench.eventually(() -> !store.isConnected());
      bench.startAgain();

      assertThat(bench.home().zookeeper()).isEqualTo(connect);
      assertThat(Files.readString(pem)).contains(bench.adminAddress());
      assertThat(Files.readString(pem).replaceAll("coordinators: .*\n", ""))
          .isEqualTo(before.replaceAll("coordinators: .*\n", ""));
      apply(3, files);
      Bench.eventually(() -> seen.equals(List.of(1L, 2L, 3L)));
      assertThat(store.revisions().read(2)).contains(second);
      assertThat(store.certificates().latest("contoso").orElseThrow().keyPem())
          .isEqualTo(files.get("contoso.key"));
      try (FarmStore farm = FarmStore.connect(bench.home())) {
        Bench.eventually(() -> farm.nodes().report("follower").isPresent());
      }
    }
  }

  @Test
  void noKeyIsOnTheCoordinatorsDiskInClear() throws Exception {
    Map<String, String> files = bench.files("webext01.contoso.com");
    apply(1, files);
    String pem = java.util.Objects.requireNonNull(files.get("contoso.key"));
    String body = pem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");

    assertThat(
            Bench.holds(
                bench.state(),
                Bench.document(1).substring(0, 40).getBytes(StandardCharsets.US_ASCII)))
        .as("the search finds what is there")
        .isFalse();
    assertThat(Bench.holds(bench.state(), "fe1.contoso.local".getBytes(StandardCharsets.US_ASCII)))
        .as("the search finds what is there")
        .isTrue();
    assertThat(
            Bench.holds(bench.state(), body.substring(40, 80).getBytes(StandardCharsets.US_ASCII)))
        .isFalse();
    byte[] der = Base64.getDecoder().decode(body);
    assertThat(Bench.holds(bench.state(), java.util.Arrays.copyOfRange(der, 40, 64))).isFalse();
    String farmKey = bench.home().key().base64();
    assertThat(
            Bench.holds(
                bench.state().resolve("ensemble"),
                farmKey.substring(0, 30).getBytes(StandardCharsets.US_ASCII)))
        .isFalse();
  }

  @Test
  void aSecondCoordinatorOnTheSameDirectoryIsToldWhoHoldsIt() {
    assertThatExceptionOfType(StartFailed.class)
        .isThrownBy(() -> bench.start(bench.state(), 0, 0))
        .withMessageContaining("process " + ProcessHandle.current().pid())
        .withMessageContaining(bench.state().toString());
  }

  @Test
  void aTakenPortIsNamedWithTheOptionThatChangesIt() throws Exception {
    bench.stop();
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      int port = taken.getLocalPort();
      assertThatExceptionOfType(StartFailed.class)
          .isThrownBy(() -> bench.start(bench.state(), 0, port))
          .withMessageContaining(":" + port)
          .matches(e -> e.hint().contains("--zookeeper"), "names the option");
      assertThatExceptionOfType(StartFailed.class)
          .isThrownBy(() -> bench.start(bench.state(), port, 0))
          .withMessageContaining(":" + port)
          .matches(e -> e.hint().contains("--admin"), "names the option");
    }
    bench.startAgain();
  }

  /// ZooKeeper itself refuses a directory whose only snapshot is cut off.
  @Test
  void aPowerCutInTheFirstMomentDoesNotKeepItFromStarting() throws Exception {
    bench.stop();
    Path state = directory.resolve("cut");
    Path data = Files.createDirectories(state.resolve("ensemble/data/version-2"));
    Files.createFile(data.resolve("snapshot.0"));
    bench.start(state, 0, 0).close();
    bench.startAgain();
  }

  @Test
  void aStateDirectoryThatCannotBeIsNamed() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "in the way");
    for (Path wrong : List.of(file, file.resolve("below"), Path.of("/proc/nowhere"))) {
      assertThatExceptionOfType(StartFailed.class)
          .isThrownBy(() -> bench.start(wrong, 0, 0))
          .withMessageContaining(wrong.toString())
          .matches(e -> e.hint().contains("--state"), "names the option");
    }
  }

  @Test
  void aDirectoryOfAnotherFarmIsNotTakenOver() throws Exception {
    bench.stop();
    CoordinatorOptions other =
        CoordinatorOptions.parse(
            List.of(
                "--state", bench.state().toString(),
                "--farm", "fabrikam-edge",
                "--admin", "127.0.0.1:0",
                "--zookeeper", "127.0.0.1:0"));
    assertThatExceptionOfType(StartFailed.class)
        .isThrownBy(() -> Coordinator.start(other, bench.clock, _ -> {}))
        .withMessageContaining("belongs to farm \"contoso-edge\"");
    bench.startAgain();
  }
}
