package io.portcullis.perf.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.perf.load.LoadResult;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Ten runs each with written delays and counted errors: what is found does not depend on this machine's speed.
class ComparisonTest {

  private static final int RUNS = 10;
  private static final int SLICES = 60;
  private static final int PER_SLICE = 50;

  /// A run whose seconds have a weather of their own (a tenth up or down) and whose latencies have a long tail.
  ///
  /// @param base median in microseconds
  /// @param delay added to each, in microseconds
  /// @param everyNthFails 0 for none
  private static LoadResult run(long seed, double base, long delay, int everyNthFails) {
    SplittableRandom chance = new SplittableRandom(seed);
    List<LoadResult.Piece> pieces = new ArrayList<>();
    long answered = 0;
    long failed = 0;
    for (int slice = 0; slice < SLICES; slice++) {
      Histogram latencies = new Histogram(3);
      latencies.setAutoResize(true);
      double weather = 1 + 0.1 * (2 * chance.nextDouble() - 1);
      long failedHere = 0;
      for (int i = 1; i <= PER_SLICE; i++) {
        if (everyNthFails > 0 && (slice * PER_SLICE + i) % everyNthFails == 0) {
          failedHere++;
        } else {
          double spread = Math.exp(0.4 * gauss(chance));
          latencies.recordValue((long) (base * weather * spread) + delay);
        }
      }
      answered += latencies.getTotalCount();
      failed += failedHere;
      pieces.add(piece(latencies, failedHere));
    }
    LoadResult.Operation operation =
        new LoadResult.Operation(
            new LoadResult.Latency(answered, 0, 0, 0, 0, 0, 0),
            failed == 0 ? Map.of() : Map.of("status-503", failed),
            pieces);
    return result("small", Map.of("small", operation));
  }

  private static LoadResult result(String model, Map<String, LoadResult.Operation> operations) {
    return new LoadResult(
        LoadResult.FORMAT,
        "2026-11-21T00:00:00Z",
        new LoadResult.Asked("https://a", "/127.0.0.1:443", model, 50, false, 60, 64, 0),
        new LoadResult.Machine("written", 2, "Linux", "25", 0),
        true,
        60,
        SLICES * PER_SLICE,
        0,
        new LoadResult.Latency(0, 0, 0, 0, 0, 0, 0),
        operations,
        List.of(),
        Map.of(),
        List.of());
  }

  private static LoadResult.Piece piece(Histogram latencies, long failed) {
    ByteBuffer buffer = ByteBuffer.allocate(latencies.getNeededByteBufferCapacity());
    byte[] bytes = new byte[latencies.encodeIntoCompressedByteBuffer(buffer)];
    buffer.flip().get(bytes);
    return new LoadResult.Piece(Base64.getEncoder().encodeToString(bytes), failed);
  }

  private static double gauss(SplittableRandom chance) {
    double sum = 0;
    for (int i = 0; i < 12; i++) {
      sum += chance.nextDouble();
    }
    return sum - 6;
  }

  private static Verdict compare(LoadResult before, LoadResult now) {
    return new Verdict(Comparison.of(before, now));
  }

  private static Finding.Judgement of(Verdict verdict, Finding.Measure measure) {
    return verdict.findings().stream()
        .filter(found -> found.measure() == measure)
        .findFirst()
        .orElseThrow()
        .judgement();
  }

  @ParameterizedTest
  @ValueSource(doubles = {800, 3000, 20_000})
  void fiveMillisecondsMoreAreFoundTenTimesOfTen(double base) {
    for (int seed = 0; seed < RUNS; seed++) {
      Verdict verdict = compare(run(seed, base, 0, 0), run(1000 + seed, base, 5000, 0));
      assertThat(of(verdict, Finding.Measure.P50)).isEqualTo(Finding.Judgement.WORSE);
      assertThat(verdict.isWorse()).isTrue();
    }
  }

  @Test
  void twoPercentOfErrorsAreFoundTenTimesOfTen() {
    for (int seed = 0; seed < RUNS; seed++) {
      Verdict verdict = compare(run(seed, 3000, 0, 0), run(1000 + seed, 3000, 0, 50));
      assertThat(of(verdict, Finding.Measure.ERRORS)).isEqualTo(Finding.Judgement.WORSE);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {800, 3000, 20_000})
  void nothingIsFoundWhereNothingChanged(double base) {
    for (int seed = 0; seed < RUNS; seed++) {
      Verdict verdict = compare(run(seed, base, 0, 0), run(1000 + seed, base, 0, 0));
      assertThat(verdict.isWorse()).as("seed %d", seed).isFalse();
    }
  }

  @Test
  void theSameErrorsAsBeforeAreNoAlarm() {
    for (int seed = 0; seed < RUNS; seed++) {
      assertThat(compare(run(seed, 3000, 0, 50), run(1000 + seed, 3000, 0, 50)).isWorse())
          .isFalse();
    }
  }

  @Test
  void fiveMillisecondsLessAreBetter() {
    Verdict verdict = compare(run(1, 3000, 5000, 0), run(2, 3000, 0, 0));
    assertThat(of(verdict, Finding.Measure.P50)).isEqualTo(Finding.Judgement.BETTER);
    assertThat(verdict.isWorse()).isFalse();
  }

  @Test
  void aRunOfAMomentIsUnclearNotFine() {
    Map<String, LoadResult.Operation> moment = new TreeMap<>();
    run(1, 3000, 0, 0)
        .operations()
        .forEach((name, one) ->
            moment.put(
                name,
                new LoadResult.Operation(one.latency(), one.errors(), one.slices().subList(0, 2))));
    Verdict verdict = compare(run(2, 3000, 0, 0), result("small", moment));
    assertThat(of(verdict, Finding.Measure.P50)).isEqualTo(Finding.Judgement.UNCLEAR);
    assertThat(verdict.isUnclear()).isTrue();
  }

  @Test
  void anOperationThatOnlyFailsIsWorse() {
    LoadResult now =
        result(
            "small",
            Map.of(
                "small",
                new LoadResult.Operation(
                    new LoadResult.Latency(0, 0, 0, 0, 0, 0, 0),
                    Map.of("connect", 3000L),
                    List.of())));
    assertThat(compare(run(1, 3000, 0, 0), now).isWorse()).isTrue();
  }

  @Test
  void anotherQuestionIsNotCompared() {
    assertThatThrownBy(() -> Comparison.of(run(1, 3000, 0, 0), result("bulk", Map.of())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--model small")
        .hasMessageContaining("--save");
  }
}
