package io.portcullis.farm.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.binding.BadEntry;
import io.portcullis.farm.binding.BindingBatch;
import io.portcullis.farm.binding.BindingOp;
import io.portcullis.farm.binding.BindingReplica;
import io.portcullis.farm.binding.BindingSnapshot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/// A farm of three to eight nodes and two who take themselves for the leader, driven by one seed.
///
/// After each step that reads, the reader's table equals the oracle's at the same place; after each append, the table equals a map that
/// was written by hand. When all is quiet again, every node has the same table and nobody waits for anything.
final class BindingWorld {

  private static final int GROUPS = 2;
  private static final int MEMBERS = 4;

  private final SplittableRandom random;
  private final SimulatedLog log = new SimulatedLog();
  private final List<SimulatedNode> nodes = new ArrayList<>();
  private final List<SimulatedNode> leaders;
  private final Set<Long> down = new HashSet<>();
  private final int sources;
  private int steps;

  BindingWorld(long seed) {
    random = new SplittableRandom(seed);
    sources = 5 + random.nextInt(200);
    int count = 3 + random.nextInt(6);
    for (int i = 0; i < count; i++) {
      nodes.add(new SimulatedNode(log, random.split()));
    }
    leaders = nodes.subList(0, 2);
  }

  int steps() {
    return steps;
  }

  long digest() {
    return log.oracle.table().digest();
  }

  void step() throws BadEntry {
    steps++;
    log.clock += random.nextInt(200);
    SimulatedNode node = nodes.get(random.nextInt(nodes.size()));
    int dice = random.nextInt(1000);
    if (dice < 400) {
      request(node.replica());
    } else if (dice < 550) {
      node.send();
    } else if (dice < 700) {
      node.deliver();
    } else if (dice < 930) {
      node.read(1 + random.nextInt(8));
    } else {
      misfortune(node, random.nextInt(10));
    }
  }

  /// What a request does: the owner if it is usable, else another member and a move.
  private void request(BindingReplica replica) {
    long group = 1L + random.nextInt(GROUPS);
    long low = 0xffff_0000_0000L + random.nextInt(sources);
    long choice = 1L + random.nextInt(MEMBERS);
    long owner = replica.owner(group, 0, low);
    if (owner == 0) {
      replica.propose(BindingOp.bind(group, 0, low, choice));
    } else if (down.contains(owner)) {
      replica.propose(BindingOp.move(group, 0, low, owner, choice));
    } else if (random.nextInt(4) == 0) {
      replica.propose(BindingOp.touch(group, 0, low));
    } else if (random.nextInt(50) == 0) {
      replica.propose(BindingOp.release(group, 0, low, 0));
    }
  }

  private void misfortune(SimulatedNode node, int kind) throws BadEntry {
    switch (kind) {
      case 0 -> node.crash();
      case 1, 2 -> node.loseConnection();
      case 3, 4 -> node.reconnect();
      case 5 -> flap();
      case 6 -> leaders.get(random.nextInt(2)).deliverStray();
      case 7 -> expire(leaders.get(random.nextInt(2)));
      case 8 -> seal(leaders.get(random.nextInt(2)));
      default -> {
        nodes.get(random.nextInt(nodes.size())).deliverStray();
        log.clock += random.nextInt(5) == 0 ? 86_400_000L : -3_600_000L;
      }
    }
  }

  private void flap() {
    long member = 1L + random.nextInt(MEMBERS);
    if (!down.remove(member) && down.size() < MEMBERS - 1) {
      down.add(member);
    }
  }

  /// What a leader finds in its own table, which may be older than the log; sometimes it writes it twice.
  private void expire(SimulatedNode by) throws BadEntry {
    BindingReplica leader = by.replica();
    long usedAtMost = leader.table().time() - 20_000;
    List<BindingOp> idle = new ArrayList<>();
    leader.table().rows().stream()
        .filter(row -> row.used() <= usedAtMost)
        .forEach(row -> idle.add(BindingOp.expire(row.group(), row.high(), row.low(), usedAtMost)));
    for (int times = random.nextInt(3); times > 0 && by.connected(); times--) {
      boolean _ = log.append(leader.epoch(), BindingBatch.expiry(idle).encode());
    }
  }

  /// Ends an epoch; sometimes writes a snapshot where the next begins, and clears what is older.
  private void seal(SimulatedNode leader) throws BadEntry {
    BindingReplica replica = leader.replica();
    if (leader.connected()) {
      log.append(replica.epoch(), BindingBatch.seal().encode());
      leader.read(1_000);
      if (replica.position() == 0 && random.nextBoolean()) {
        BindingSnapshot.Capture capture = BindingSnapshot.capture(replica.table(), replica.epoch());
        log.snapshot(replica.epoch(), BindingSnapshot.encode(capture));
        log.compact();
      }
    }
  }

  /// Everything works again, and nothing new comes.
  void settle() throws BadEntry {
    for (int round = 0; nodes.stream().anyMatch(node -> !node.isSettled()); round++) {
      assertThat(round).as("rounds until all is quiet").isLessThan(10_000);
      for (SimulatedNode node : nodes) {
        if (!node.connected()) {
          node.reconnect();
        }
        node.deliverStray();
        node.send();
        node.deliver();
        node.read(50);
      }
    }
    for (SimulatedNode node : nodes) {
      assertThat(node.replica().table().digest()).isEqualTo(digest());
      log.oracle
          .bindings()
          .forEach((source, bound) ->
              assertThat(node.replica().owner(source.group(), source.high(), source.low()))
                  .isEqualTo(bound.member()));
    }
  }
}
