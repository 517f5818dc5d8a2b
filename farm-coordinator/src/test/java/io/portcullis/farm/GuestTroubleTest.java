package io.portcullis.farm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.server.FreePort;
import io.portcullis.farm.server.StartFailed;
import io.portcullis.farm.store.TestStores;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs.Perms;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What may be in a farm's way into an ensemble that others run, each with its own words and the way out.
class GuestTroubleTest {
  @TempDir static Path shared;
  @TempDir Path own;
  private static ForeignServers prepared;
  private static ForeignServers bare;

  @BeforeAll
  static void startServers() throws Exception {
    String farm = GuestCoordinator.authority(shared.resolve("c1"), "edge");
    prepared = ForeignServers.start(shared.resolve("prepared"), 1, true, farm);
    bare = ForeignServers.start(shared.resolve("bare"), 1, false, farm);
  }

  @AfterAll
  static void stopServers() {
    prepared.close();
    bare.close();
  }

  /// As the farm whose CA the servers take.
  private Path known() throws Exception {
    Path state = own.resolve("known");
    Files.createDirectories(state.resolve("authority"));
    try (var files = Files.list(shared.resolve("c1/authority"))) {
      for (Path file : files.toList()) {
        Files.copy(file, state.resolve("authority").resolve(file.getFileName()));
      }
    }
    return state;
  }

  private static StartFailed refused(Path state, String connect, Path ca) {
    return refused(state, "edge", connect, ca);
  }

  private static StartFailed refused(Path state, String farm, String connect, Path ca) {
    StartFailed failure =
        catchThrowableOfType(
            StartFailed.class, () -> GuestCoordinator.found(state, farm, connect, ca).close());
    assertThat(failure).as("it is refused").isNotNull();
    return failure;
  }

  @Test
  void serversThatDoNotAnswerAreNamed() throws Exception {
    int nobody = FreePort.one();
    StartFailed failure = refused(known(), "127.0.0.1:" + nobody + "/p", prepared.ca());
    assertThat(failure).hasMessageContaining("127.0.0.1:" + nobody + " does not answer");
    assertThat(failure.hint()).contains("check that it runs");
  }

  @Test
  void aServerOfAnotherCaOrHostIsNotTrusted() throws Exception {
    StartFailed other = refused(known(), prepared.connect("/p"), bare.ca());
    assertThat(other).hasMessageContaining("TLS 1.3 with").hasMessageContaining("fails");
    assertThat(other.hint()).contains("--zookeeper-ca");
    String elsewhere = prepared.connect("/p").replace("127.0.0.1", "localhost");
    assertThat(refused(own.resolve("again"), elsewhere, prepared.ca()))
        .hasMessageContaining("TLS 1.3 with localhost");
  }

  @Test
  void serversThatDoNotTrustTheFarmAreToldWhichFileTheyNeed() {
    Path state = own.resolve("stranger");
    StartFailed failure = refused(state, prepared.connect("/p"), prepared.ca());
    assertThat(failure).hasMessageContaining("does not take certificates of farm edge");
    assertThat(failure.hint()).contains(state.resolve("farm-ca.pem").toString());
    assertThat(state.resolve("farm-ca.pem")).exists();
  }

  @Test
  void serversWithoutTheProviderAreToldHowToInstallIt() throws Exception {
    StartFailed failure = refused(known(), bare.connect("/p"), bare.ca());
    assertThat(failure).hasMessageContaining("do not have this product's access provider");
    assertThat(failure.hint()).contains("authProvider.portcullis=io.portcullis.zookeeper.FarmDoor");
  }

  @Test
  void aPlaceThatMayNotBeMadeIsMadeByTheServersOperators() throws Exception {
    Path state = known();
    Path stranger = own.resolve("first-try");
    assertThat(refused(stranger, prepared.connect("/p"), prepared.ca())).isNotNull();
    assertThat(refused(state, bare.connect("/p"), bare.ca())).isNotNull();
    FarmHome written = FarmHome.read(state).orElseThrow();
    FarmHome.keepEnsemble(state, Files.readString(prepared.ca()));
    FarmHome home =
        new FarmHome(state, written.identity(), written.keys(), prepared.connect("/closed"));
    List<ACL> closed = new ArrayList<>(List.of(acl(Perms.READ | Perms.ADMIN, "world", "anyone")));
    List<ACL> open = new ArrayList<>(List.of(acl(Perms.ALL, "world", "anyone")));
    List<ACL> ours =
        new ArrayList<>(List.of(acl(Perms.READ | Perms.CREATE, "portcullis", "coordinators")));
    try {
      TestStores.atServers(
          home,
          servers -> {
            String _ = servers.create("/mine", new byte[0], ours, CreateMode.PERSISTENT);
            var _ = servers.setACL("/", closed, -1);
          });
      StartFailed failure = refused(state, prepared.connect("/closed"), prepared.ca());
      assertThat(failure)
          .hasMessageContaining("/closed is not there, and this farm may not make it");
      assertThat(failure.hint()).contains("create /closed \"\" portcullis:coordinators:cr");
      try (GuestCoordinator farm =
          GuestCoordinator.found(state, "edge", prepared.connect("/mine"), prepared.ca())) {
        assertThat(farm.token("node")).isNotEmpty();
      }
    } finally {
      TestStores.atServers(
          home,
          servers -> {
            var _ = servers.setACL("/", open, -1);
          });
    }
  }

  private static ACL acl(int perms, String scheme, String id) {
    return new ACL(perms, new Id(scheme, id));
  }

  @Test
  void aFileOfCasHoldsCasAndNothingElse() throws Exception {
    Path key = Files.writeString(own.resolve("key.pem"), "-----BEGIN PRIVATE KEY-----\n");
    assertThat(refused(known(), prepared.connect("/p"), key))
        .hasMessageContaining("has a private key in it");
    assertThat(refused(own.resolve("none"), prepared.connect("/p"), own.resolve("absent.pem")))
        .hasMessageContaining("cannot be read");
  }

  @Test
  void aFarmWhoseCoordinatorsAreItsEnsembleIsNotMoved() throws Exception {
    try (Bench bench = Bench.start(own.resolve("bench"))) {
      bench.stop();
      assertThat(refused(bench.state(), Bench.FARM, prepared.connect("/p"), prepared.ca()))
          .hasMessageContaining("cannot be moved while it lives");
    }
  }

  @Test
  void whatIsNoConnectStringWithAPlaceIsRefused() {
    String state = own.resolve("x").toString();
    for (String connect : List.of("zk1:2281", "zk1/p", "zk1:2281/", "zk1:2281/p/../q", "/p", "")) {
      assertThatExceptionOfType(StartFailed.class)
          .isThrownBy(() ->
              CoordinatorOptions.parse(
                  List.of(
                      "--state",
                      state,
                      "--farm",
                      "edge",
                      "--zookeeper-connect",
                      connect,
                      "--zookeeper-ca",
                      "ca.pem")))
          .withMessageContaining("no connect string with a chroot");
    }
    assertThatExceptionOfType(StartFailed.class)
        .isThrownBy(() ->
            CoordinatorOptions.parse(
                List.of("--state", state, "--farm", "edge", "--zookeeper-ca", "ca.pem")))
        .withMessageContaining("go together");
  }
}
