package io.portcullis.farm.ensemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.portcullis.farm.api.client.AdminClient;
import io.portcullis.farm.api.client.AdminException;
import io.portcullis.farm.store.Ensemble;
import io.portcullis.farm.store.FarmStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The ensemble grows, loses members, gets new ones and shrinks, as an operator would have it.
@ExtendWith(LastWords.class)
class EnsembleTest {
  @TempDir Path directory;

  private static List<String> states(AdminClient operator) throws AdminException {
    return operator.status().coordinators().stream()
        .map(one -> one.id() + " " + one.state())
        .toList();
  }

  private static Ensemble.Config config(FarmStore store) throws Exception {
    assertThat(store.awaitConnected(Duration.ofSeconds(60))).isTrue();
    return store.ensemble().config();
  }

  @Test
  void growsToThreeReplacesADeadMemberAndShrinksToOne() throws Exception {
    try (ThreeCoordinators farm = ThreeCoordinators.three(directory)) {
      CoordinatorProcess first = farm.member("c1");
      try (AdminClient operator = first.operator();
          FarmStore store = farm.store(first)) {
        assertThat(config(store).servers()).hasSize(3);
        assertThat(states(operator)).containsExactly("coordinator-1 up", "c2 up", "c3 up");

        farm.member("c3").signal("TERM");
        Eventually.until(
            "status calls the dead one down", () -> states(operator).contains("c3 down"));
        assertThatExceptionOfType(AdminException.class)
            .as("two of three run; with one of them gone the dead one would be half of the rest")
            .isThrownBy(() -> operator.removeCoordinator("c2"))
            .withMessageContaining("c3 is down");
        operator.removeCoordinator("c3");
        assertThat(config(store).servers()).hasSize(2);
        CoordinatorProcess fourth = farm.grow("c4");
        assertThat(states(operator)).containsExactly("coordinator-1 up", "c2 up", "c4 up");
        assertThat(config(store).has(3)).as("a number is not given twice").isFalse();
        assertThat(config(store).has(4)).isTrue();

        operator.removeCoordinator("c2");
        assertThat(farm.member("c2").exitCode()).isZero();
        assertThat(farm.member("c2").output())
            .contains("removed from farm " + ThreeCoordinators.FARM);
        operator.removeCoordinator("c4");
        assertThat(fourth.exitCode()).isZero();
        assertThat(config(store).servers()).hasSize(1);
        assertThat(states(operator)).containsExactly("coordinator-1 up");
        assertThatExceptionOfType(AdminException.class)
            .isThrownBy(() -> operator.removeCoordinator("coordinator-1"))
            .withMessageContaining("only coordinator");
      }
      CoordinatorProcess gone = CoordinatorProcess.start(directory, "c2");
      assertThat(gone.exitCode()).isEqualTo(1);
      assertThat(gone.output()).contains("was removed from its farm");
    }
  }

  /// Two of five may die at once, and their places are taken by others.
  @Test
  void growsToFiveLosesTwoReplacesThemAndShrinksToThree() throws Exception {
    try (ThreeCoordinators farm = ThreeCoordinators.three(directory)) {
      farm.grow("c4");
      farm.grow("c5");
      try (AdminClient operator = farm.member("c1").operator();
          FarmStore store = farm.store(farm.member("c1"))) {
        assertThat(config(store).servers()).hasSize(5);
        farm.member("c4").kill();
        farm.member("c5").kill();
        Eventually.until(
            "status calls both down",
            () -> states(operator).containsAll(List.of("c4 down", "c5 down")));
        assertThat(operator.rotateTickets().generation()).as("it can be changed").isPositive();
        operator.removeCoordinator("c4");
        operator.removeCoordinator("c5");
        assertThat(config(store).servers()).hasSize(3);
        farm.grow("c6");
        farm.grow("c7");
        assertThat(config(store).servers()).hasSize(5);
        assertThat(states(operator))
            .containsExactly("coordinator-1 up", "c2 up", "c3 up", "c6 up", "c7 up");
        operator.removeCoordinator("c6");
        operator.removeCoordinator("c2");
        assertThat(config(store).servers()).hasSize(3);
        assertThat(states(operator)).containsExactly("coordinator-1 up", "c3 up", "c7 up");
      }
    }
  }

  @Test
  void aMemberThatRestartsWithItsFirstBootListFormsNoQuorumOfItsOwn() throws Exception {
    try (ThreeCoordinators farm = ThreeCoordinators.one(directory)) {
      CoordinatorProcess first = farm.member("c1");
      String _ = farm.token();
      Path members = first.state.resolve("ensemble/members");
      String firstBoot = Files.readString(members);
      assertThat(firstBoot.lines().filter(line -> line.startsWith("server."))).hasSize(1);
      farm.grow("c2");
      farm.grow("c3");
      farm.killAll();
      Files.writeString(members, firstBoot);
      CoordinatorProcess alone = farm.restart(first);
      Eventually.until(
          "it waits for the others",
          () -> alone.output().contains("waiting for a majority of the farm's 3 coordinators"));
      assertThat(alone.output()).doesNotContain("coordinator ready");
      CoordinatorProcess second = farm.restart(farm.member("c2"));
      String _ = second.awaitReady();
      String _ = alone.awaitReady();
      try (FarmStore store = farm.store(second)) {
        assertThat(config(store).servers()).hasSize(3);
      }
    }
  }
}
