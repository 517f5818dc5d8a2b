package io.portcullis.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class CapacityTest {

  private static final int BUFFERS = 600;
  private static final int BYTES = 64 * 1024;
  private static final long MOST = BUFFERS * (long) BYTES;

  @Test
  void connectionsHaveDescriptorsForBothSidesAndHeap() {
    assertThat(Capacity.mostConnections(20_256, 1L << 30)).isEqualTo(10_000);
    assertThat(Capacity.mostConnections(1_048_576, 1L << 30)).isEqualTo(131_072);
    assertThat(Capacity.mostConnections(10, 1L << 30)).isEqualTo(1);
  }

  /// Other tests of this process hold buffers too: half of what is taken here is enough to tell.
  @Test
  void roomComesBackWhenACrowdHasGone() {
    assertThat(ByteBufAllocator.DEFAULT)
        .as("what nodes run with")
        .isInstanceOf(PooledByteBufAllocator.class);
    LongSupplier held = Capacity.heldByBuffers();
    long before = held.getAsLong();
    List<ByteBuf> crowd = new ArrayList<>();
    for (int i = 0; i < BUFFERS; i++) {
      crowd.add(ByteBufAllocator.DEFAULT.directBuffer(BYTES));
    }
    assertThat(held.getAsLong() - before).isGreaterThan(MOST / 2);
    crowd.forEach(ByteBuf::release);
    assertThat(held.getAsLong() - before).isLessThan(MOST / 2);
  }
}
