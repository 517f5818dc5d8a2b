package io.portcullis.farm.binding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class GroupTableTest {

  /// Few enough for the smallest table, so that its slots change hands all the time.
  private static final int CROWDED = 60;

  private record Source(long high, long low) {}

  private record Bound(long member, long used) {}

  private static Source source(SplittableRandom random, int range) {
    int number = random.nextInt(range);
    return number % 3 == 0
        ? new Source(Identity.mix(number), 0)
        : new Source(0, 0xffff_0000_0000L + number);
  }

  @Test
  void holdsWhatAMapHoldsThroughAnyChange() {
    for (long seed = 1; seed <= 20; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      GroupTable table = new GroupTable();
      Map<Source, Bound> model = new HashMap<>();
      int range = 50 << (int) (seed % 8);
      for (int step = 0; step < 20_000; step++) {
        Source at = source(random, range);
        long when = step;
        switch (random.nextInt(4)) {
          case 0, 1 -> {
            long member = 1L + random.nextInt(5);
            table.put(at.high, at.low, member, when);
            model.put(at, new Bound(member, when));
          }
          case 2 -> {
            table.remove(at.high, at.low);
            model.remove(at);
          }
          default -> {
            table.touch(at.high, at.low, when);
            model.computeIfPresent(at, (_, bound) -> new Bound(bound.member, when));
          }
        }
        Source look = source(random, range);
        Bound expected = model.getOrDefault(look, new Bound(0, -1));
        assertThat(table.member(look.high, look.low))
            .as("seed %d", seed)
            .isEqualTo(expected.member);
        assertThat(table.used(look.high, look.low)).as("seed %d", seed).isEqualTo(expected.used);
      }
      Map<Source, Bound> all = new HashMap<>();
      table.forEach(
          (high, low, member, used) -> all.put(new Source(high, low), new Bound(member, used)));
      assertThat(all).as("seed %d", seed).isEqualTo(model);
      assertThat(table.size()).isEqualTo(model.size());
    }
  }

  @Test
  void aMillionBindingsTakeLessThanEightyBytesEach() {
    GroupTable table = new GroupTable();
    for (int i = 0; i < 1_000_000; i++) {
      table.put(0, 0xffff_0000_0000L + i, 1, 1);
    }
    assertThat(table.bytes() / table.size()).isLessThan(80);
  }

  /// Every source has members of its own, so a reader that ever mixed two slots would be caught.
  @Test
  void readersNeverSeeAnotherSourcesMember() throws InterruptedException {
    GroupTable table = new GroupTable();
    AtomicBoolean done = new AtomicBoolean();
    AtomicReference<String> wrong = new AtomicReference<>("");
    List<Thread> readers = new ArrayList<>();
    for (int r = 0; r < 3; r++) {
      SplittableRandom random = new SplittableRandom(r);
      readers.add(
          Thread.ofPlatform()
              .start(() -> {
                while (!done.get()) {
                  Source at = source(random, CROWDED);
                  long member = table.member(at.high, at.low);
                  if (member != 0 && member >>> 3 != key(at)) {
                    wrong.set(at + " on " + member);
                  }
                }
              }));
    }
    SplittableRandom random = new SplittableRandom(99);
    for (int step = 0; step < 4_000_000; step++) {
      Source at = source(random, CROWDED);
      if (random.nextBoolean()) {
        table.put(at.high, at.low, key(at) << 3 | random.nextInt(8), step);
      } else {
        table.remove(at.high, at.low);
      }
    }
    done.set(true);
    for (Thread reader : readers) {
      reader.join();
    }
    assertThat(wrong.get()).isEmpty();
  }

  /// A source that stays bound is found at every moment, whatever happens around it and however often the table grows.
  @Test
  void aBoundSourceIsFoundAtEveryMoment() throws InterruptedException {
    GroupTable table = new GroupTable();
    table.put(1, 1, 42, 0);
    AtomicBoolean done = new AtomicBoolean();
    AtomicBoolean missed = new AtomicBoolean();
    Thread reader =
        Thread.ofPlatform()
            .start(() -> {
              while (!done.get()) {
                if (table.member(1, 1) != 42) {
                  missed.set(true);
                }
              }
            });
    SplittableRandom random = new SplittableRandom(5);
    for (int step = 0; step < 1_000_000; step++) {
      Source at = source(random, 1 << (4 + step % 12));
      if (random.nextInt(3) == 0) {
        table.remove(at.high, at.low);
      } else {
        table.put(at.high, at.low, 7, step);
      }
    }
    done.set(true);
    reader.join();
    assertThat(missed).isFalse();
  }

  private static long key(Source source) {
    return (Identity.mix(source.high, source.low) >>> 5) | 1;
  }
}
