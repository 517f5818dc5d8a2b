package io.portcullis.proxy.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SourceCountsTest {

  private final SourceCounts counts = new SourceCounts();

  @Test
  void asManyAsMayAndOneMoreWhenOneIsGivenBack() {
    List<Integer> taken = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      taken.add(counts.take(1, 3));
    }
    assertThat(taken).doesNotContain(SourceCounts.REFUSED);
    assertThat(counts.take(1, 3)).isEqualTo(SourceCounts.REFUSED);
    assertThat(counts.take(2, 3)).isNotEqualTo(SourceCounts.REFUSED);
    counts.release(taken.getFirst());
    assertThat(counts.take(1, 3)).isNotEqualTo(SourceCounts.REFUSED);
    assertThat(counts.take(1, 3)).isEqualTo(SourceCounts.REFUSED);
  }

  @Test
  void lowerMaximumHoldsForWhatIsAlreadyOpen() {
    for (int i = 0; i < 5; i++) {
      assertThat(counts.take(1, 10)).isNotEqualTo(SourceCounts.REFUSED);
    }
    assertThat(counts.take(1, 5)).isEqualTo(SourceCounts.REFUSED);
  }

  /// Past the bound: more sources than places.
  @Test
  void newcomersToAFullTableGoThroughUncountedAndNobodyLosesHisPlace() {
    int sources = 4 * Ways.SLOTS;
    List<Integer> taken = new ArrayList<>();
    int uncounted = 0;
    for (long source = 0; source < sources; source++) {
      int place = counts.take(source, 1);
      assertThat(place).isNotEqualTo(SourceCounts.REFUSED);
      uncounted += place == SourceCounts.UNCOUNTED ? 1 : 0;
      taken.add(place);
    }
    assertThat(uncounted).isGreaterThanOrEqualTo(sources - Ways.SLOTS);
    assertThat(sources - uncounted).isGreaterThan(Ways.SLOTS * 9 / 10);
    taken.forEach(counts::release);
    int freeAgain = 0;
    for (long source = 0; source < 1_000; source++) {
      freeAgain += counts.take(source, 1) >= 0 ? 1 : 0;
    }
    assertThat(freeAgain).isEqualTo(1_000);
  }

  @Test
  void threadsLeaveNothingBehind() throws InterruptedException {
    Thread[] all = new Thread[4];
    for (int t = 0; t < all.length; t++) {
      all[t] =
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 50_000; i++) {
                  counts.release(counts.take(i % 100, 3));
                }
              });
    }
    for (Thread thread : all) {
      thread.join();
    }
    for (long source = 0; source < 100; source++) {
      for (int i = 0; i < 3; i++) {
        assertThat(counts.take(source, 3)).isGreaterThanOrEqualTo(0);
      }
      assertThat(counts.take(source, 3)).isEqualTo(SourceCounts.REFUSED);
    }
  }
}
