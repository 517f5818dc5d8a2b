package io.portcullis.farm.rollout;

import io.portcullis.farm.api.wire.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Whether a canary does as well as before: a pure function of two of its reports.
///
/// Before is everything since the node started; the trial is what came since. Durations are known to a factor of two, in steps that double, so
/// "twice as slow" is one step.
///
/// @param before what the node had answered when the trial began
/// @param now what it has answered by now
public record CanaryTrial(Wire.Load before, Wire.Load now) {
  /// With fewer answers one failure is chance.
  public static final long LEAST_ANSWERS = 20;

  /// Percentage points of failed answers more than before that are still noise.
  public static final double MORE_FAILURES = 1.0;

  /// Steps that p99 may rise: each doubles.
  public static final int SLOWER_STEPS = 1;

  private static final double P99 = 0.99;

  /// @return why it must not be promoted; empty if it may
  public Optional<String> objection() {
    Wire.Load trial = since(before, now);
    if (trial.answered() < LEAST_ANSWERS) {
      return Optional.of(
          "it answered %d requests, too few to judge (%d at least)"
              .formatted(trial.answered(), LEAST_ANSWERS));
    }
    if (failures(trial) > failures(before) + MORE_FAILURES) {
      return Optional.of(
          "%s of its answers failed, %s before: more than %s percentage points more"
              .formatted(percent(trial), percent(before), MORE_FAILURES));
    }
    if (before.answered() >= LEAST_ANSWERS && p99(trial) > p99(before) + SLOWER_STEPS) {
      return Optional.of(
          "its slowest hundredth took up to %s, %s before: more than twice as long"
              .formatted(duration(p99(trial)), duration(p99(before))));
    }
    return Optional.empty();
  }

  /// How it did, for the history.
  public String summary() {
    Wire.Load trial = since(before, now);
    return "%d answers, %s failed (%s before), p99 up to %s (%s before)"
        .formatted(
            trial.answered(),
            percent(trial),
            percent(before),
            duration(p99(trial)),
            duration(p99(before)));
  }

  private static Wire.Load since(Wire.Load before, Wire.Load now) {
    List<Long> durations = new ArrayList<>();
    for (int i = 0; i < now.durations().size(); i++) {
      long old = i < before.durations().size() ? before.durations().get(i) : 0;
      durations.add(now.durations().get(i) - old);
    }
    return new Wire.Load(
        now.answered() - before.answered(), now.failed() - before.failed(), durations);
  }

  private static double failures(Wire.Load load) {
    return load.answered() == 0 ? 0 : 100.0 * load.failed() / load.answered();
  }

  private static String percent(Wire.Load load) {
    return String.format(Locale.ROOT, "%.1f %%", failures(load));
  }

  /// The step that 99 of 100 answers stay in.
  private static int p99(Wire.Load load) {
    long all = load.durations().stream().mapToLong(Long::longValue).sum();
    long enough = (long) Math.ceil(all * P99);
    long seen = 0;
    for (int step = 0; step < load.durations().size(); step++) {
      seen += load.durations().get(step);
      if (seen >= enough) {
        return step;
      }
    }
    return load.durations().size();
  }

  private static String duration(int step) {
    return (1L << step) + " ms";
  }
}
