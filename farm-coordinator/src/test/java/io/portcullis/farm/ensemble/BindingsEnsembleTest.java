package io.portcullis.farm.ensemble;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.simulation.History;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.TestStores;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Three coordinators, each a process, and three nodes' parts in the bindings, while leaders die, sessions expire and links are cut.
@ExtendWith(LastWords.class)
class BindingsEnsembleTest {
  private static final int SOURCES = 10_000;

  /// Sources about which all nodes go on quarrelling, beside the others.
  private static final int CONTESTED = 60;

  @TempDir Path directory;
  private final AtomicInteger clock = new AtomicInteger();
  private final List<Follower> nodes = new ArrayList<>();
  private final List<Gate> gates = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    nodes.forEach(Follower::close);
    for (Gate gate : gates) {
      gate.close();
    }
  }

  /// A node that reaches every coordinator through a gate of its own.
  private FarmHome behindGates(ThreeCoordinators farm, FarmHome home) throws Exception {
    List<String> ways = new ArrayList<>();
    for (CoordinatorProcess member : farm.members) {
      String direct = member.home().zookeeper().split(",")[0];
      Gate gate = new Gate(Integer.parseInt(direct.substring(direct.lastIndexOf(':') + 1)));
      gates.add(gate);
      ways.add(gate.address());
    }
    FarmHome gated =
        new FarmHome(home.directory(), home.identity(), home.key(), String.join(",", ways));
    gated.write();
    return gated;
  }

  private void converge() {
    Eventually.until(
        "all nodes stand at the same place with the same table",
        () -> {
          Set<Follower.State> states = new HashSet<>();
          for (Follower node : nodes) {
            if (!node.isQuiet()) {
              return false;
            }
            states.add(node.state());
          }
          return states.size() == 1;
        });
  }

  @Test
  void tenThousandSourcesOpenedEverywhereAtOnceHaveOneMemberEachWhateverFails() throws Exception {
    long seed = System.nanoTime();
    try (ThreeCoordinators farm = ThreeCoordinators.three(directory)) {
      FarmHome second = farm.node("node-b");
      nodes.add(new Follower(FarmStore.connect(farm.node("node-a")), clock));
      nodes.add(new Follower(FarmStore.connect(second), clock));
      nodes.add(
          new Follower(TestStores.connectOnly(behindGates(farm, farm.node("node-c"))), clock));
      AtomicBoolean enough = new AtomicBoolean();
      List<Thread> quarrels = quarrel(seed, enough);
      for (int source = 0; source < SOURCES; source++) {
        for (int node = 0; node < nodes.size(); node++) {
          nodes.get(node).wish(Follower.bind(1_000_000 + source, 1 + node));
        }
      }
      TestStores.expireSession(nodes.get(1).store, second);
      CoordinatorProcess leader = farm.leader();
      leader.kill();
      gates.forEach(Gate::cut);
      FarmStore gated = nodes.get(2).store;
      Eventually.until("the gated node has lost the farm", () -> !gated.isConnected());
      Eventually.until(
          "a node hears of binds without leader and link", () -> nodes.get(0).bound() > SOURCES);
      gates.forEach(Gate::mend);
      String _ = farm.restart(leader).awaitReady();
      Eventually.until("the gated node is back", gated::isConnected);
      enough.set(true);
      for (Thread quarrel : quarrels) {
        quarrel.join();
      }
      converge();
      for (int source = 0; source < SOURCES; source++) {
        int number = 1_000_000 + source;
        long owner = nodes.getFirst().owner(number);
        assertThat(owner).as("source %d", source).isBetween(1L, 3L);
        assertThat(nodes).allMatch(node -> node.owner(number) == owner);
      }
      everyAnswerIsExplainedByOneOrder(seed);
      afterTheKillOfEverythingTheBindingsAreBack(farm);
    }
  }

  /// Each node binds, moves and releases the same few sources until told to stop.
  private List<Thread> quarrel(long seed, AtomicBoolean enough) {
    List<Thread> quarrels = new ArrayList<>();
    for (Follower node : nodes) {
      SplittableRandom random = new SplittableRandom(seed + quarrels.size());
      quarrels.add(
          Thread.ofVirtual()
              .start(() -> {
                while (!enough.get()) {
                  int source = random.nextInt(CONTESTED);
                  long owner = node.owner(source);
                  long member = 1L + random.nextInt(3);
                  node.wish(
                      owner == 0
                          ? Follower.bind(source, member)
                          : random.nextInt(6) == 0
                              ? Follower.release(source, owner)
                              : Follower.move(source, owner, member));
                  java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
                }
              }));
    }
    return quarrels;
  }

  private void everyAnswerIsExplainedByOneOrder(long seed) {
    Eventually.until(
        "every wish was answered",
        () -> {
          nodes.forEach(node -> node.wish(Follower.bind(0, 1)));
          return nodes.stream().allMatch(node -> node.waitingForAnswers() == 0);
        });
    History history = new History();
    nodes.forEach(node -> node.addTo(history));
    assertThat(history.size()).isGreaterThan(SOURCES);
    assertThat(history.unexplained()).as("seed %d", seed).isEmpty();
  }

  private void afterTheKillOfEverythingTheBindingsAreBack(ThreeCoordinators farm) throws Exception {
    converge();
    Follower.State before = nodes.getFirst().state();
    int bound = nodes.getFirst().bound();
    farm.killAll();
    nodes.forEach(Follower::close);
    nodes.clear();
    farm.restartAll();
    nodes.add(new Follower(FarmStore.connect(farm.node("node-late")), clock));
    assertThat(nodes.getFirst().bound()).isEqualTo(bound);
    assertThat(nodes.getFirst().state().digest()).isEqualTo(before.digest());
  }
}
