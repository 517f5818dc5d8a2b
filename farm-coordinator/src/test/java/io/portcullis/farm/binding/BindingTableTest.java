package io.portcullis.farm.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BindingTableTest {

  private static final long POOL = Identity.of("pool01");
  private static final long FE1 = Identity.of("fe1");
  private static final long FE2 = Identity.of("fe2");
  private static final long SOURCE = 0xffff_c000_0201L;

  private final BindingTable table = new BindingTable();
  private long clock = 1_000_000;
  private long sequence;

  private boolean apply(BindingOp... ops) {
    return table.apply(
        new BindingBatch(BindingBatch.Type.OPS, 7, ++sequence, List.of(ops)), clock += 1000);
  }

  private long owner() {
    return table.member(POOL, 0, SOURCE);
  }

  @Test
  void theFirstToBindASourceWins() {
    apply(BindingOp.bind(POOL, 0, SOURCE, FE1));
    apply(BindingOp.bind(POOL, 0, SOURCE, FE2));
    assertThat(owner()).isEqualTo(FE1);
    assertThat(table.counts().lost()).isEqualTo(1);
  }

  @Test
  void aSourceMovesOnlyFromWhereTheMoverSawIt() {
    apply(BindingOp.bind(POOL, 0, SOURCE, FE1));
    apply(BindingOp.move(POOL, 0, SOURCE, FE2, Identity.of("fe3")));
    assertThat(owner()).isEqualTo(FE1);
    apply(BindingOp.move(POOL, 0, SOURCE, FE1, FE2));
    assertThat(owner()).isEqualTo(FE2);
    apply(BindingOp.move(POOL, 0, SOURCE, FE1, Identity.of("fe3")));
    assertThat(owner()).isEqualTo(FE2);
    assertThat(table.counts().moveRefused()).isEqualTo(2);
  }

  @Test
  void aUseAfterTheLeaderLookedSavesABindingFromExpiry() {
    apply(BindingOp.bind(POOL, 0, SOURCE, FE1));
    long seen = table.time();
    apply(BindingOp.touch(POOL, 0, SOURCE));
    apply(BindingOp.expire(POOL, 0, SOURCE, seen));
    assertThat(owner()).isEqualTo(FE1);
    apply(BindingOp.expire(POOL, 0, SOURCE, table.time()));
    assertThat(owner()).isZero();
    apply(BindingOp.touch(POOL, 0, SOURCE));
    assertThat(owner()).isZero();
  }

  @Test
  void releaseAsksForTheMemberUnlessItIsNone() {
    apply(BindingOp.bind(POOL, 0, SOURCE, FE1));
    apply(BindingOp.release(POOL, 0, SOURCE, FE2));
    assertThat(owner()).isEqualTo(FE1);
    apply(BindingOp.release(POOL, 0, SOURCE, 0));
    assertThat(owner()).isZero();
  }

  @Test
  void aRepeatedBatchAndOneThatComesTooEarlyDoNotCount() {
    apply(BindingOp.bind(POOL, 0, SOURCE, FE1));
    sequence = 0;
    assertThat(apply(BindingOp.release(POOL, 0, SOURCE, 0))).isFalse();
    sequence = 2;
    assertThat(apply(BindingOp.release(POOL, 0, SOURCE, 0))).isFalse();
    assertThat(owner()).isEqualTo(FE1);
    sequence = 1;
    assertThat(apply(BindingOp.release(POOL, 0, SOURCE, 0))).isTrue();
    assertThat(owner()).isZero();
  }

  @Test
  void clocksThatJumpMoveTheLogsTimeByAMinuteAtMost() {
    apply(BindingOp.bind(POOL, 0, SOURCE, FE1));
    long before = table.time();
    clock += 86_400_000;
    apply();
    assertThat(table.time() - before).isEqualTo(BindingTable.LONGEST_STEP_MILLIS);
    clock -= 2 * 86_400_000L;
    apply();
    assertThat(table.time() - before).isEqualTo(BindingTable.LONGEST_STEP_MILLIS);
    apply();
    assertThat(table.time() - before).isEqualTo(BindingTable.LONGEST_STEP_MILLIS + 1000);
  }

  @Test
  void silentOriginsAndEmptyGroupsGoAtTheEndOfAnEpoch() {
    apply(BindingOp.bind(POOL, 0, SOURCE, FE1), BindingOp.release(POOL, 0, SOURCE, 0));
    for (int i = 0; i < 61; i++) {
      table.apply(new BindingBatch(BindingBatch.Type.OPS, 8, i + 1, List.of()), clock += 60_000);
    }
    assertThat(table.groupIds()).hasSize(1);
    table.apply(BindingBatch.seal(), clock);
    assertThat(table.groupIds()).isEmpty();
    assertThat(table.origins()).containsOnlyKeys(8L);
  }

  @Test
  void aFullTableBindsNothingMoreAndKeepsWhatItHas() {
    for (int i = 0; i < BindingTable.MAX_BINDINGS; i++) {
      table.put(POOL, 0, 0xffff_0000_0000L + i, FE1, 0);
    }
    apply(BindingOp.bind(POOL, 5, 5, FE1), BindingOp.move(POOL, 0, SOURCE, FE1, FE2));
    assertThat(table.member(POOL, 5, 5)).isZero();
    assertThat(table.counts().refusedFull()).isEqualTo(1);
    apply(BindingOp.release(POOL, 0, 0xffff_0000_0001L, 0), BindingOp.bind(POOL, 5, 5, FE1));
    assertThat(table.member(POOL, 5, 5)).isEqualTo(FE1);
  }

  private static BindingTable random(long seed, int steps) {
    SplittableRandom random = new SplittableRandom(seed);
    BindingTable made = new BindingTable();
    for (int i = 1; i <= steps; i++) {
      List<BindingOp> ops = new ArrayList<>();
      for (int j = 0; j < 200; j++) {
        long high = random.nextBoolean() ? 0 : random.nextInt(1000);
        long low = high == 0 ? 0xffff_0000_0000L + random.nextInt(5000) : 0;
        long group = Identity.of("pool" + random.nextInt(4));
        ops.add(
            random.nextInt(5) == 0
                ? BindingOp.release(group, high, low, 0)
                : BindingOp.bind(group, high, low, 1 + random.nextInt(3)));
      }
      made.apply(new BindingBatch(BindingBatch.Type.OPS, seed, i, ops), i * 100L);
    }
    return made;
  }

  @Test
  void aSnapshotGivesTheSameTableAndTheSameBytes() throws BadEntry {
    BindingTable made = random(3, 100);
    BindingSnapshot snapshot = BindingSnapshot.encode(BindingSnapshot.capture(made, 9));
    BindingTable read = snapshot.table();
    assertThat(read.digest()).isEqualTo(made.digest());
    assertThat(read.size()).isEqualTo(made.size());
    BindingSnapshot again = BindingSnapshot.encode(BindingSnapshot.capture(read, 9));
    assertThat(again.manifest()).isEqualTo(snapshot.manifest());
    assertThat(again.parts()).containsExactlyElementsOf(snapshot.parts());
  }

  @Test
  void theBytesOfASnapshotComeFromTheBindingsAlone() {
    BindingTable shrunk = new BindingTable();
    for (int i = 0; i < 40_000; i++) {
      shrunk.put(i % 3, i % 2 == 0 ? 0 : 0x2001_0db8_0000_0000L, 0xffff_0000_0000L + i, FE1, i);
    }
    for (int i = 39_999; i >= 3_000; i--) {
      shrunk.forget(i % 3, i % 2 == 0 ? 0 : 0x2001_0db8_0000_0000L, 0xffff_0000_0000L + i);
    }
    BindingTable fresh = new BindingTable();
    for (int i = 2_999; i >= 0; i--) {
      fresh.put(i % 3, i % 2 == 0 ? 0 : 0x2001_0db8_0000_0000L, 0xffff_0000_0000L + i, FE1, i);
    }
    assertThat(BindingSnapshot.encode(BindingSnapshot.capture(shrunk, 5)).parts())
        .containsExactlyElementsOf(
            BindingSnapshot.encode(BindingSnapshot.capture(fresh, 5)).parts());
  }

  @Test
  void aMillionBindingsFitIntoPartsOfLessThanOneMebibyte() throws BadEntry {
    for (int i = 0; i < 1_000_000; i++) {
      table.put(POOL, 0, 0xffff_0000_0000L + i, FE1, i);
    }
    BindingSnapshot snapshot = BindingSnapshot.encode(BindingSnapshot.capture(table, 1));
    assertThat(snapshot.parts())
        .hasSizeLessThanOrEqualTo(BindingSnapshot.MAX_PARTS)
        .allSatisfy(
            part -> assertThat(part.length).isLessThanOrEqualTo(BindingSnapshot.MAX_PART_BYTES));
    assertThat(snapshot.table().digest()).isEqualTo(table.digest());
  }

  @Test
  void aDamagedOrIncompleteSnapshotIsRefused() {
    BindingSnapshot snapshot = BindingSnapshot.encode(BindingSnapshot.capture(random(4, 20), 2));
    byte[] part = snapshot.parts().getFirst().clone();
    part[part.length / 2] ^= 1;
    assertThatExceptionOfType(BadEntry.class)
        .isThrownBy(() -> new BindingSnapshot(snapshot.manifest(), List.of(part)).table());
    assertThatExceptionOfType(BadEntry.class)
        .isThrownBy(() -> new BindingSnapshot(snapshot.manifest(), List.of()).table());
    assertThatExceptionOfType(BadEntry.class)
        .isThrownBy(() -> new BindingSnapshot(new byte[3], List.of()).table());
  }

  @Test
  void tablesThatDifferInOneUseHaveDifferentDigests() {
    BindingTable other = new BindingTable();
    BindingBatch bind =
        new BindingBatch(
            BindingBatch.Type.OPS, 1, 1, List.of(BindingOp.bind(POOL, 0, SOURCE, FE1)));
    table.apply(bind, 10);
    other.apply(bind, 10);
    assertThat(other.digest()).isEqualTo(table.digest());
    BindingBatch idle = new BindingBatch(BindingBatch.Type.OPS, 1, 2, List.of());
    BindingBatch touch =
        new BindingBatch(BindingBatch.Type.OPS, 1, 2, List.of(BindingOp.touch(POOL, 0, SOURCE)));
    table.apply(idle, 20);
    other.apply(touch, 20);
    assertThat(other.digest()).isNotEqualTo(table.digest());
  }
}
