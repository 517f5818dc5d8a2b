package io.portcullis.farm.ensemble;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.api.client.AdminClient;
import io.portcullis.farm.api.client.AdminException;
import io.portcullis.farm.api.wire.Rotations;
import io.portcullis.farm.store.FarmStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Three coordinators go over to another CA while one of them is down.
@ExtendWith(LastWords.class)
class FarmCaEnsembleTest {
  @TempDir Path directory;

  /// With the identity that the coordinator's operator has by now.
  private static Rotations.FarmCaStatus status(CoordinatorProcess one) throws AdminException {
    try (AdminClient operator = one.operator()) {
      return operator.farmCa();
    }
  }

  @Test
  void aCoordinatorThatWasDownFindsItsWayBackIntoTheQuorum() throws Exception {
    try (ThreeCoordinators farm = ThreeCoordinators.three(directory)) {
      CoordinatorProcess first = farm.member("c1");
      CoordinatorProcess second = farm.member("c2");
      String old = status(first).current();
      farm.member("c3").kill();
      Eventually.until(
          "status calls it down",
          () -> {
            try (AdminClient operator = first.operator()) {
              return operator.status().coordinators().stream()
                  .anyMatch(one -> one.state().equals("down"));
            }
          });
      try (AdminClient operator = first.operator()) {
        assertThat(operator.rotateFarmCa(false).stage()).isNotEqualTo("settled");
      }
      Eventually.until(
          "the two have renewed, and wait for it",
          () ->
              status(first).stage().equals("renewing")
                  && status(first).waitingFor().isEmpty()
                  && status(first).toRenew().contains("coordinator c3"));
      CoordinatorProcess back = farm.restart(farm.member("c3"));
      String _ = back.awaitReady();
      Eventually.until(
          "all three are of the new CA",
          () -> status(second).next() == null && !status(second).current().equals(old));
      Eventually.until(
          "all trust it alone",
          () ->
              Files.readString(first.home().authorityPem())
                      .equals(Files.readString(back.home().authorityPem()))
                  && back.home().identity().trust().authorities().size() == 1);
      // Two that never met under the old CA, one of which was down when the other learnt the new
      // one.
      first.kill();
      Eventually.until(
          "the other two go on",
          () -> {
            try (FarmStore store = farm.store(back)) {
              return store.awaitConnected(Duration.ofSeconds(5))
                  && store.ensemble().config().servers().size() == 3;
            }
          });
    }
  }
}
