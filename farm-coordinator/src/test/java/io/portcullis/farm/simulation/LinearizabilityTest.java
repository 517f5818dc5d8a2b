package io.portcullis.farm.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.binding.BindingBatch;
import io.portcullis.farm.binding.BindingOp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Who owns a source, as nodes are told when their own wish comes back through the log: one order explains every answer, through crashes,
/// lost connections, late appends and epochs that end.
class LinearizabilityTest {

  private static final long POOL = 1;
  private static final int SOURCES = 40;
  private static final int STEPS = 4_000;

  @TestFactory
  Iterable<DynamicTest> everyAnswerIsExplainedByOneOrder() {
    return LongStream.rangeClosed(1, 40)
        .mapToObj(seed ->
            DynamicTest.dynamicTest(
                "seed " + seed,
                () -> {
                  History history = run(seed);
                  assertThat(history.size()).isGreaterThan(100);
                  assertThat(history.unexplained()).as("seed %d", seed).isEmpty();
                }))
        .toList();
  }

  private static History run(long seed) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    SimulatedLog log = new SimulatedLog();
    History history = new History();
    List<SimulatedNode> nodes = new ArrayList<>();
    List<Map<Long, History.Pending>> waiting = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      nodes.add(new SimulatedNode(log, random.split()));
      waiting.add(new HashMap<>());
    }
    for (int step = 0; step < STEPS; step++) {
      log.clock += random.nextInt(100);
      int which = random.nextInt(nodes.size());
      SimulatedNode node = nodes.get(which);
      Map<Long, History.Pending> mine = waiting.get(which);
      int dice = random.nextInt(100);
      if (dice < 35) {
        BindingOp op = wish(node, random);
        if (node.replica().propose(op)) {
          mine.put(op.low(), history.asked(op, step));
        }
      } else if (dice < 55) {
        node.send();
      } else if (dice < 70) {
        node.deliver();
      } else if (dice < 94) {
        node.read(1);
        answer(node, mine, step);
      } else if (dice < 96) {
        node.loseConnection();
      } else if (dice < 98) {
        node.reconnect();
      } else if (dice == 98) {
        node.deliverStray();
        log.append(node.replica().epoch(), BindingBatch.seal().encode());
      } else {
        // What it had asked stays without an answer.
        mine.clear();
        node.crash();
      }
    }
    return history;
  }

  private static BindingOp wish(SimulatedNode node, SplittableRandom random) {
    long source = 0xffff_0000_0000L + random.nextInt(SOURCES);
    long member = 1L + random.nextInt(3);
    long owner = node.replica().table().member(POOL, 0, source);
    if (owner == 0) {
      return BindingOp.bind(POOL, 0, source, member);
    }
    return random.nextInt(6) == 0
        ? BindingOp.release(POOL, 0, source, owner)
        : BindingOp.move(POOL, 0, source, owner, member);
  }

  /// Whatever does not wait any more has just come back.
  private static void answer(SimulatedNode node, Map<Long, History.Pending> mine, int step) {
    mine.entrySet()
        .removeIf(one -> {
          long source = one.getKey();
          if (node.replica().proposed(POOL, 0, source) != 0) {
            return false;
          }
          one.getValue().answered(step, node.replica().table().member(POOL, 0, source));
          return true;
        });
  }

  @Test
  void theCheckerFindsTwoOwners() {
    History history = new History();
    history.asked(BindingOp.bind(POOL, 0, 7, 1), 1).answered(5, 1);
    history.asked(BindingOp.bind(POOL, 0, 7, 2), 2).answered(6, 2);
    assertThat(history.unexplained()).containsExactly(7L);
  }

  @Test
  void theCheckerFindsAnAnswerFromBeforeTheQuestion() {
    History history = new History();
    history.asked(BindingOp.bind(POOL, 0, 7, 1), 1).answered(2, 1);
    history.asked(BindingOp.move(POOL, 0, 7, 1, 2), 3).answered(4, 2);
    history.asked(BindingOp.bind(POOL, 0, 7, 3), 5).answered(6, 1);
    assertThat(history.unexplained()).containsExactly(7L);
  }
}
