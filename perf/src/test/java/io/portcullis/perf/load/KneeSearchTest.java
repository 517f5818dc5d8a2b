package io.portcullis.perf.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/// The search against targets that are written down, so that no machine's speed is in it.
class KneeSearchTest {

  private static final KneeSearch.Limit LIMIT = new KneeSearch.Limit(50_000, 0.001);

  @Test
  void findsTheRateAtWhichLatencyBreaks() throws IOException, InterruptedException {
    KneeSearch.Knee knee =
        KneeSearch.find(
            100,
            100_000,
            LIMIT,
            rate -> new KneeSearch.Trial(rate, rate <= 3700 ? 900 : 90_000, 0));
    assertThat(knee.rate()).isBetween(3500.0, 3700.0);
    assertThat(knee.bounded()).isFalse();
  }

  @Test
  void findsTheRateAtWhichErrorsBegin() throws IOException, InterruptedException {
    KneeSearch.Knee knee =
        KneeSearch.find(
            1000, 100_000, LIMIT, rate -> new KneeSearch.Trial(rate, 900, rate <= 640 ? 0 : 0.02));
    assertThat(knee.rate()).isBetween(600.0, 640.0);
  }

  @Test
  void staysWithinTheBound() throws IOException, InterruptedException {
    KneeSearch.Knee knee =
        KneeSearch.find(100, 1000, LIMIT, rate -> new KneeSearch.Trial(rate, 1, 0));
    assertThat(knee.rate()).isEqualTo(1000);
    assertThat(knee.bounded()).isTrue();
    assertThat(knee.trials()).allMatch(trial -> trial.rate() <= 1000);
  }

  @Test
  void aTargetThatNeverKeepsTheLimitsHasNoKnee() throws IOException, InterruptedException {
    KneeSearch.Knee knee =
        KneeSearch.find(100, 1000, LIMIT, rate -> new KneeSearch.Trial(rate, 1, 1));
    assertThat(knee.rate()).isZero();
  }
}
