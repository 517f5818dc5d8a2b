package io.portcullis.farm.binding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class GroupTableTest {

  private static final int TURNS = 5_000_000;

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

  /// Two sources that want the same slot take turns in it, alone in their table, and each has a member of its own. A reader that took the member
  /// of one with the key of the other would be caught; the slot lies across two cache lines, so that its words are not read as one.
  /// Without the generation check this fails within the first tenth of the turns.
  @Test
  void readersNeverSeeAnotherSourcesMember() throws InterruptedException {
    GroupTable table = new GroupTable();
    List<Source> rivals = rivals();
    AtomicBoolean done = new AtomicBoolean();
    AtomicBoolean wrong = new AtomicBoolean();
    List<Thread> readers = new ArrayList<>();
    for (Source source : rivals) {
      readers.add(
          Thread.ofPlatform()
              .start(() -> {
                while (!done.get()) {
                  long member = table.member(source.high, source.low);
                  if (member != 0 && member != key(source)) {
                    wrong.set(true);
                  }
                }
              }));
    }
    for (int turn = 0; turn < TURNS && !wrong.get(); turn++) {
      for (Source source : rivals) {
        table.put(source.high, source.low, key(source), turn);
        table.remove(source.high, source.low);
      }
    }
    done.set(true);
    for (Thread reader : readers) {
      reader.join();
    }
    assertThat(wrong).isFalse();
  }

  /// An odd slot of the smallest table: its 32 bytes begin 16 bytes before the end of a cache line of 64.
  private static List<Source> rivals() {
    List<Source> found = new ArrayList<>();
    for (int number = 0; found.size() < 2; number++) {
      Source source = new Source(0, 0xffff_0000_0000L + number);
      long slot = Math.unsignedMultiplyHigh(Identity.mix(source.high, source.low), 64);
      if (slot == 33) {
        found.add(source);
      }
    }
    return found;
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
