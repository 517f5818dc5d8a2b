package io.portcullis.farm;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.api.client.AdminClient;
import io.portcullis.farm.api.wire.Rotations;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.cli.Sitting;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.store.FarmStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an operator does with a farm wherever its state is, done in an ensemble that others run.
class GuestRestoreTest {
  @TempDir Path directory;

  @Test
  void aFarmMovesByBackupIntoAnEnsembleThatOthersRunAndGoesOverToAnotherKeyThere()
      throws Exception {
    Sitting operator = new Sitting(directory, FarmCtl::join).restoring(Restoration::prepare);
    Files.writeString(directory.resolve("passphrase"), "twelve words or so\n");
    Files.setPosixFilePermissions(
        directory.resolve("passphrase"), PosixFilePermissions.fromString("rw-------"));
    String authority;
    try (Bench bench = Bench.start(directory.resolve("old"));
        AdminClient client = bench.operator()) {
      Wire.ApplyResponse answer =
          client.apply(
              new Wire.ApplyRequest(
                  Bench.document(3),
                  Bench.files(directory, InstantSource.system(), "webext01.contoso.com"),
                  null,
                  "before the move"),
              false);
      assertThat(answer.problems()).isEmpty();
      operator.with("PORTCULLIS_IDENTITY", bench.state().resolve("operator.pem").toString());
      assertThat(operator.type("backup", "--password-file", "passphrase", "farm.backup"))
          .as(operator.err())
          .isZero();
      authority = Files.readString(bench.state().resolve("authority/ca.pem"));
    }
    assertThat(
            operator.type(
                "restore", "farm.backup", "--password-file", "passphrase", "--state", "moved"))
        .as(operator.err())
        .isZero();
    try (ForeignServers servers =
            ForeignServers.start(directory.resolve("servers"), 1, true, authority);
        GuestCoordinator moved =
            GuestCoordinator.found(directory.resolve("moved"), "", servers, "/farms");
        AdminClient client = moved.operator()) {
      assertThat(client.status().revision()).isEqualTo(1);
      FarmHome node = moved.node(directory.resolve("edge1"), "edge1");
      try (FarmStore store = FarmStore.connect(node)) {
        assertThat(store.awaitConnected(Duration.ofSeconds(30))).isTrue();
        assertThat(store.revisions().newest().orElseThrow().reason()).contains("before the move");
        assertThat(store.certificates().read("contoso", 1)).isPresent();
      }
      String before = client.farmKey().current();
      Rotations.FarmKeyStatus _ = client.rotateFarmKey(false);
      Bench.eventually(
          () -> client.farmKey().next() == null && !client.farmKey().current().equals(before));
      Bench.eventually(() -> client.audit().broken() == null);
    }
  }
}
