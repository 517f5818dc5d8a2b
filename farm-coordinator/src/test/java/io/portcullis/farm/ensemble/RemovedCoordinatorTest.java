package io.portcullis.farm.ensemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.farm.api.client.AdminClient;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.StoreException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// A coordinator is removed, and somebody goes on using what it was.
@ExtendWith(LastWords.class)
class RemovedCoordinatorTest {
  @TempDir Path directory;

  @Test
  void aRemovedCoordinatorsSessionIsCutAndItsMachineIsToldSo() throws Exception {
    try (ThreeCoordinators farm = ThreeCoordinators.three(directory)) {
      CoordinatorProcess first = farm.member("c1");
      CoordinatorProcess third = farm.member("c3");
      FarmHome identity = third.home();
      FarmHome taken =
          new FarmHome(
              directory.resolve("taken"),
              identity.identity(),
              identity.key(),
              first.home().zookeeper().split(",")[0]);
      taken.write();
      try (AdminClient operator = first.operator();
          FarmStore session = FarmStore.connect(taken)) {
        assertThat(session.awaitConnected(Duration.ofSeconds(60))).isTrue();
        assertThat(session.coordinators().read().places()).hasSize(3);
        third.kill();
        Eventually.until(
            "status calls it down",
            () ->
                operator.status().coordinators().stream()
                    .anyMatch(one -> one.id().equals("c3") && one.state().equals("down")));
        operator.removeCoordinator("c3");
        Eventually.until("its session is cut off", () -> !session.isConnected());
        assertThatThrownBy(() -> session.coordinators().read()).isInstanceOf(StoreException.class);
        try (FarmStore again = FarmStore.connect(taken)) {
          assertThat(again.awaitConnected(Duration.ofSeconds(3))).isFalse();
        }
        Eventually.until(
            "it is in the audit trail",
            () ->
                operator.audit().entries().stream()
                    .anyMatch(entry ->
                        entry.who().equals("coordinator/c3")
                            && entry.what().contains("it was removed")));
      }
      CoordinatorProcess back = farm.restart(third);
      assertThat(back.exitCode()).isEqualTo(1);
      assertThat(back.output()).contains("was removed from its farm");
    }
  }
}
