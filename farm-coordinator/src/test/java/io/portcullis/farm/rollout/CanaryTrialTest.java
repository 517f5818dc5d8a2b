package io.portcullis.farm.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.api.wire.Wire;
import java.util.List;
import org.junit.jupiter.api.Test;

class CanaryTrialTest {
  private static final Wire.Load BEFORE = load(1000, 5, 990, 10, 0, 0);

  private static Wire.Load load(
      long answered, long failed, long one, long two, long four, long eight) {
    return new Wire.Load(answered, failed, List.of(one, two, four, eight));
  }

  @Test
  void aCanaryThatDoesAsBeforeIsPromoted() {
    CanaryTrial trial = new CanaryTrial(BEFORE, load(1100, 6, 1089, 11, 0, 0));
    assertThat(trial.objection()).isEmpty();
    assertThat(trial.summary())
        .isEqualTo("100 answers, 1.0 % failed (0.5 % before), p99 up to 1 ms (1 ms before)");
  }

  @Test
  void moreFailuresThanBeforeAreAnObjection() {
    assertThat(new CanaryTrial(BEFORE, load(1100, 7, 1090, 10, 0, 0)).objection())
        .hasValueSatisfying(why -> assertThat(why).contains("2.0 %", "0.5 % before"));
  }

  @Test
  void moreThanTwiceAsSlowIsAnObjection() {
    assertThat(new CanaryTrial(BEFORE, load(1100, 5, 1040, 60, 0, 0)).objection()).isEmpty();
    assertThat(new CanaryTrial(BEFORE, load(1100, 5, 1040, 10, 50, 0)).objection())
        .hasValueSatisfying(why -> assertThat(why).contains("4 ms", "1 ms before"));
  }

  @Test
  void tooFewAnswersAreNoProof() {
    assertThat(new CanaryTrial(BEFORE, load(1019, 5, 1009, 10, 0, 0)).objection())
        .hasValueSatisfying(why -> assertThat(why).contains("19 requests", "too few"));
  }

  @Test
  void aNodeWithoutAPastIsJudgedByItsFailures() {
    assertThat(new CanaryTrial(Wire.Load.NONE, load(100, 0, 0, 0, 0, 100)).objection()).isEmpty();
    assertThat(new CanaryTrial(Wire.Load.NONE, load(100, 2, 100, 0, 0, 0)).objection()).isPresent();
  }
}
