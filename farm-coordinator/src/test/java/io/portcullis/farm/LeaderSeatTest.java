package io.portcullis.farm;

import static io.portcullis.farm.Bench.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.ensemble.Gate;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.Role;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.LeaderSeat;
import io.portcullis.farm.store.TestStores;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who does the chores, when the way to ZooKeeper is cut or slow.
class LeaderSeatTest {
  @TempDir Path directory;

  private static FarmHome through(Gate gate, FarmHome home) {
    return new FarmHome(home.directory(), home.identity(), home.key(), gate.address());
  }

  private static int port(FarmHome home) {
    String address = home.zookeeper();
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  /// Curator's latch says SUSPENDED long before ZooKeeper ends the session; from then on nothing is done from this seat.
  @Test
  void whoeverHasLostSightOfTheFarmDoesNotLead() throws Exception {
    try (Bench bench = Bench.start(directory);
        Gate gate = new Gate(port(bench.home()));
        FarmStore store =
            TestStores.connectOnly(through(gate, bench.homeOf(Role.COORDINATOR, "other")));
        FarmStore farm = FarmStore.connect(bench.home())) {
      assertThat(store.awaitConnected(Duration.ofSeconds(30))).isTrue();
      assertThat(farm.awaitConnected(Duration.ofSeconds(30))).isTrue();
      try (LeaderSeat watching = farm.seat("watching");
          LeaderSeat seat = store.seat("other")) {
        eventually(() -> watching.standing().contains("other"));
        gate.cut();
        eventually(() -> !store.isConnected());
        assertThat(seat.isMine()).isFalse();
        gate.mend();
        eventually(() -> watching.standing().contains("other"));
      }
    }
  }

  /// Five seconds for each answer: everything that is asked is answered in the end, and the session lives.
  @Test
  void aFarmThatAnswersSlowlyIsStillTheFarm() throws Exception {
    try (Bench bench = Bench.start(directory);
        Gate gate = new Gate(port(bench.home()));
        FarmStore store = TestStores.connectOnly(through(gate, bench.homeOf(Role.NODE, "far")))) {
      assertThat(store.awaitConnected(Duration.ofSeconds(30))).isTrue();
      gate.answersAfter(Duration.ofSeconds(5));
      assertThat(store.revisions().current()).isZero();
      assertThat(store.isConnected()).isTrue();
    }
  }
}
