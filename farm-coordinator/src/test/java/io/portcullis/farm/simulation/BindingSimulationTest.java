package io.portcullis.farm.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Many nodes over a simulated log, with everything that may go wrong between them; see [BindingWorld] for what is checked after each
/// step. A failure names its seed, and the seed gives the same run again.
class BindingSimulationTest {

  @TestFactory
  Iterable<DynamicTest> nodesAgreeWhateverHappensToThem() {
    return LongStream.rangeClosed(1, 60)
        .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> run(seed)))
        .toList();
  }

  private static void run(long seed) throws Exception {
    BindingWorld world = new BindingWorld(seed);
    try {
      for (int step = 0; step < 3_000; step++) {
        world.step();
      }
      world.settle();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("seed " + seed + " at step " + world.steps() + ": " + e, e);
    }
  }

  @Test
  void theSameSeedGivesTheSameFarm() throws Exception {
    BindingWorld one = new BindingWorld(4711);
    BindingWorld other = new BindingWorld(4711);
    for (int step = 0; step < 2_000; step++) {
      one.step();
      other.step();
    }
    one.settle();
    other.settle();
    assertThat(one.digest()).isEqualTo(other.digest());
  }
}
