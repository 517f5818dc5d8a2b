package io.portcullis.farm.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BindingBatchTest {

  private static final long IPV4 = 0xffff_0a00_0001L;

  private static BindingOp random(SplittableRandom random, int groups) {
    long group = Identity.of("pool" + random.nextInt(groups));
    boolean ipv4 = random.nextBoolean();
    long high = ipv4 ? 0 : random.nextLong();
    long low = ipv4 ? 0xffff_0000_0000L | (random.nextInt() & 0xffff_ffffL) : random.nextLong();
    return switch (random.nextInt(5)) {
      case 0 -> BindingOp.bind(group, high, low, random.nextLong());
      case 1 -> BindingOp.move(group, high, low, random.nextLong(), random.nextLong());
      case 2 -> BindingOp.touch(group, high, low);
      case 3 -> BindingOp.release(group, high, low, random.nextLong());
      default -> BindingOp.expire(group, high, low, random.nextLong());
    };
  }

  private static BindingBatch batch(long seed, int count, int groups) {
    SplittableRandom random = new SplittableRandom(seed);
    List<BindingOp> ops = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ops.add(random(random, groups));
    }
    return new BindingBatch(BindingBatch.Type.OPS, random.nextLong(), random.nextLong(), ops);
  }

  @Test
  void whatIsWrittenIsRead() throws BadEntry {
    for (int seed = 0; seed < 200; seed++) {
      BindingBatch batch = batch(seed, seed, 1 + seed % 7);
      assertThat(BindingBatch.decode(batch.encode())).as("seed %d", seed).isEqualTo(batch);
    }
    assertThat(BindingBatch.decode(BindingBatch.seal().encode())).isEqualTo(BindingBatch.seal());
  }

  @Test
  void theLargestBatchStaysFarUnderOneMebibyte() throws BadEntry {
    List<BindingOp> moves = new ArrayList<>();
    for (int i = 0; i < BindingBatch.MAX_OPS; i++) {
      moves.add(BindingOp.move(i, -1, i, 1, 2));
    }
    byte[] encoded = new BindingBatch(BindingBatch.Type.OPS, 1, 1, moves).encode();
    assertThat(encoded.length).isLessThanOrEqualTo(BindingBatch.MAX_BYTES);
    assertThat(BindingBatch.decode(encoded).ops()).hasSize(BindingBatch.MAX_OPS);
  }

  @Test
  void oneIpv4BindingTakesFifteenBytes() {
    List<BindingOp> two = List.of(BindingOp.bind(1, 0, IPV4, 5), BindingOp.bind(1, 0, IPV4 + 1, 5));
    int one = new BindingBatch(BindingBatch.Type.OPS, 1, 1, two.subList(0, 1)).encode().length;
    assertThat(new BindingBatch(BindingBatch.Type.OPS, 1, 1, two).encode().length - one)
        .isEqualTo(15);
  }

  @Test
  void damageOfAnyByteIsSeen() {
    byte[] whole = batch(7, 20, 3).encode();
    for (int i = 0; i < whole.length; i++) {
      byte[] damaged = whole.clone();
      damaged[i] ^= 0x10;
      assertThatExceptionOfType(BadEntry.class).isThrownBy(() -> BindingBatch.decode(damaged));
    }
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatExceptionOfType(BadEntry.class).isThrownBy(() -> BindingBatch.decode(cut));
    }
  }

  @Test
  void nonsenseWithAGoodChecksumIsRefused() {
    SplittableRandom random = new SplittableRandom(11);
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] entry = batch(i, 3, 2).encode();
      entry[1 + random.nextInt(entry.length - 5)] ^= (byte) (1 + random.nextInt(255));
      int crc = BindingBatch.crc(entry, entry.length - 4);
      for (int b = 0; b < 4; b++) {
        entry[entry.length - 4 + b] = (byte) (crc >>> (24 - 8 * b));
      }
      try {
        BindingBatch.decode(entry);
      } catch (BadEntry e) {
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }
}
