package io.portcullis.farm;

import static io.portcullis.farm.Bench.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.binding.BindingOp;
import io.portcullis.farm.binding.BindingReplica;
import io.portcullis.farm.binding.Identity;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.Role;
import io.portcullis.farm.leader.BindingChores;
import io.portcullis.farm.store.BindingLog;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.TestStores;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Processes that share their bindings through a real ZooKeeper behind TLS.
class BindingLogTest {

  private static final long POOL = Identity.of("pool01");
  private static final long DAY_MILLIS = 86_400_000;

  @TempDir Path directory;
  private Bench bench;
  private final List<Follower> followers = new ArrayList<>();

  @BeforeEach
  void startFarm() throws Exception {
    bench = Bench.start(directory);
  }

  @AfterEach
  void stopFarm() {
    followers.forEach(Follower::close);
    bench.close();
  }

  /// What a node does about bindings, without its request path.
  private static final class Follower implements AutoCloseable {
    final FarmStore store;
    final BindingReplica replica = new BindingReplica(new SecureRandom()::nextLong);
    final ConcurrentLinkedQueue<BindingOp> wishes = new ConcurrentLinkedQueue<>();
    final BindingLog log;

    Follower(FarmHome home) {
      store = FarmStore.connect(home);
      log = store.bindings(replica, this::drain);
    }

    private int drain(BindingReplica into) {
      int count = 0;
      for (BindingOp op = wishes.poll(); op != null; op = wishes.poll()) {
        boolean _ = into.propose(op);
        count++;
      }
      return count;
    }

    void wish(BindingOp op) {
      wishes.add(op);
      log.wake();
    }

    long owner(int source) {
      return replica.table().member(POOL, 0, 0xffff_0000_0000L + source);
    }

    record State(long epoch, int position, long digest, int waiting) {}

    State state() throws ExecutionException, InterruptedException {
      return log.ask(mine ->
              new State(mine.epoch(), mine.position(), mine.table().digest(), mine.waiting()))
          .get();
    }

    boolean isQuiet() throws ExecutionException, InterruptedException {
      return wishes.isEmpty() && state().waiting() == 0;
    }

    @Override
    public void close() {
      log.close();
      store.close();
    }
  }

  private static BindingOp bind(int source, long member) {
    return BindingOp.bind(POOL, 0, 0xffff_0000_0000L + source, member);
  }

  private Follower follower(String id) throws Exception {
    Follower one = new Follower(bench.homeOf(Role.NODE, id));
    followers.add(one);
    assertThat(one.log.awaitCaughtUp(Duration.ofSeconds(30))).isTrue();
    return one;
  }

  /// Everyone has said all there is to say and stands at the same place with the same table.
  private void converge() throws Exception {
    eventually(() -> {
      Set<Follower.State> states = new HashSet<>();
      for (Follower one : followers) {
        if (!one.isQuiet()) {
          return false;
        }
        states.add(one.state());
      }
      return states.size() == 1;
    });
  }

  @Test
  void tenThousandSourcesOpenedOnThreeNodesAtOnceHaveOneMemberEach() throws Exception {
    for (String id : List.of("node-a", "node-b", "node-c")) {
      follower(id);
    }
    int sources = 10_000;
    for (int source = 0; source < sources; source++) {
      for (int node = 0; node < followers.size(); node++) {
        followers.get(node).wishes.add(bind(source, 1 + node));
      }
    }
    followers.forEach(one -> one.log.wake());
    converge();
    for (int source = 0; source < sources; source++) {
      long owner = followers.getFirst().owner(source);
      assertThat(owner).isNotZero();
      for (Follower other : followers) {
        assertThat(other.owner(source)).isEqualTo(owner);
      }
    }
    assertThat(followers.getFirst().replica.table().size()).isEqualTo(sources);
  }

  @Test
  void aWatchThatIsLostCostsSecondsAndNoEntry() throws Exception {
    Follower one = follower("node-a");
    Follower two = follower("node-b");
    TestStores.dropWatches(two.store);
    for (int source = 0; source < 100; source++) {
      one.wish(bind(source, 3));
    }
    eventually(() -> two.replica.table().size() == 100);
    converge();
  }

  /// Batches cost, entries do not: a linger of ten milliseconds gathers them.
  @Test
  void aBurstOfWishesTakesFewEntries() throws Exception {
    Follower one = follower("node-a");
    for (int source = 0; source < 5_000; source++) {
      one.wish(bind(source, 3));
    }
    converge();
    assertThat(one.state().position()).isLessThan(500);
  }

  @Test
  void bindingsSurviveARestartOfEveryProcessAtOnce() throws Exception {
    Follower first = follower("node-a");
    for (int source = 0; source < 1_000; source++) {
      first.wish(bind(source, 7));
    }
    converge();
    first.close();
    followers.clear();
    bench.stop();
    bench.startAgain();
    Follower again = follower("node-a");
    for (int source = 0; source < 1_000; source++) {
      assertThat(again.owner(source)).isEqualTo(7);
    }
  }

  @Test
  void whatIsWishedWhileTheFarmIsAwayIsWrittenWhenItReturns() throws Exception {
    Follower one = follower("node-a");
    Follower two = follower("node-b");
    one.wish(bind(1, 1));
    converge();
    bench.stop();
    eventually(() -> !one.store.isConnected());
    one.wish(bind(2, 1));
    two.wish(bind(2, 2));
    two.wish(BindingOp.move(POOL, 0, 0xffff_0000_0001L, 1, 2));
    eventually(() -> two.replica.owner(POOL, 0, 0xffff_0000_0001L) == 2);
    eventually(() -> two.replica.owner(POOL, 0, 0xffff_0000_0002L) == 2);
    bench.startAgain();
    converge();
    assertThat(two.owner(1)).isEqualTo(2);
    assertThat(one.owner(2)).isEqualTo(two.owner(2)).isNotZero();
  }

  @Test
  void epochsEndSnapshotsAreWrittenAndALateNodeHasTheSameTable() throws Exception {
    Follower one = follower("node-a");
    FarmStore storage = FarmStore.connect(bench.home());
    try (storage;
        FarmStore leading = FarmStore.connect(bench.home());
        BindingLog log =
            leading.bindings(
                new BindingReplica(new SecureRandom()::nextLong), BindingLog.Intake.NOTHING);
        BindingChores _ =
            new BindingChores(
                log,
                () -> Optional.of(TestStores.leadership(leading)),
                _ -> DAY_MILLIS,
                new BindingChores.Limits(10, 2, Long.MAX_VALUE))) {
      for (int round = 0; one.state().epoch() < 8; round++) {
        one.wish(bind(round, 3));
        int last = round;
        eventually(() -> one.owner(last) == 3);
      }
      eventually(() -> {
        one.wish(bind(100_000 + one.replica.table().size(), 3));
        return leading.bindingStorage().oldestEpoch() > 3;
      });
      converge();
      Follower late = follower("node-late");
      assertThat(late.replica.table().size()).isEqualTo(one.replica.table().size());
    }
  }

  /// Few entries may be large: under a storm of new clients each holds thousands of sources.
  @Test
  void aLogOfFewLargeEntriesIsBoundedToo() throws Exception {
    Follower one = follower("node-a");
    try (FarmStore leading = FarmStore.connect(bench.home());
        BindingLog log =
            leading.bindings(
                new BindingReplica(new SecureRandom()::nextLong), BindingLog.Intake.NOTHING);
        BindingChores _ =
            new BindingChores(
                log,
                () -> Optional.of(TestStores.leadership(leading)),
                _ -> DAY_MILLIS,
                new BindingChores.Limits(1_000_000, 1_000, 40_000))) {
      eventually(() -> {
        int from = one.replica.table().size();
        for (int i = 0; i < 1_000; i++) {
          one.wish(bind(from + i, 3));
        }
        return leading.bindingStorage().oldestEpoch() > 3;
      });
      assertThat(one.state().epoch()).isGreaterThan(3);
    }
  }

  @Test
  void theLeaderForgetsWhatNobodyUses() throws Exception {
    Follower one = follower("node-a");
    one.wish(bind(1, 1));
    eventually(() -> one.owner(1) == 1);
    try (FarmStore leading = FarmStore.connect(bench.home());
        BindingLog log =
            leading.bindings(
                new BindingReplica(new SecureRandom()::nextLong), BindingLog.Intake.NOTHING);
        BindingChores _ =
            new BindingChores(
                log,
                () -> Optional.of(TestStores.leadership(leading)),
                _ -> 200,
                BindingChores.Limits.USUAL)) {
      eventually(() -> {
        one.wish(bind(2, 1));
        one.wish(BindingOp.touch(POOL, 0, 0xffff_0000_0002L));
        return one.owner(1) == 0;
      });
      assertThat(one.replica.table().counts().expired()).isPositive();
    }
  }
}
