package io.portcullis.proxy.exchange;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.internal.PlatformDependent;
import io.portcullis.proxy.message.HeadRoom;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// How much this machine can carry. Beyond it new connections are refused and new requests are answered 503, so that those being served
/// keep working and memory never runs out.
public final class Capacity {

  /// Listening sockets, files, ZooKeeper, health checks.
  private static final long RESERVED_DESCRIPTORS = 256;

  /// An idle connection takes less than this of all kinds of memory together, a busy one has a member's connection beside it.
  private static final long HEAP_PER_CONNECTION = 8 * 1024;

  private static final int HEADS_SHARE = 8;

  /// Above this share of the memory for buffers nothing new begins: what runs may need the rest.
  private static final double FULL = 0.75;

  /// Memory is looked at this often; between two looks even a fast client cannot take a quarter of it.
  private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final long mostConnections;
  private final LongSupplier bufferBytes;
  private final long mostBufferBytes;
  private final HeadRoom heads;

  // Any event loop looks and writes; which of two looks wins does not matter.
  private volatile long lookedNanos = System.nanoTime() - FRESH_NANOS;
  private volatile boolean full;

  /// @param mostConnections of clients at a time
  /// @param bufferBytes memory that buffers hold now
  /// @param mostBufferBytes above it nothing new begins
  /// @param heads where unfinished heads lie
  public Capacity(
      long mostConnections, LongSupplier bufferBytes, long mostBufferBytes, HeadRoom heads) {
    this.mostConnections = mostConnections;
    this.bufferBytes = bufferBytes;
    this.mostBufferBytes = mostBufferBytes;
    this.heads = heads;
  }

  /// As many connections as there are descriptors for both sides of them and heap for what they hold, as many buffers as the virtual
  /// machine may allocate, an eighth of the heap for heads that have begun.
  public static Capacity ofThisMachine() {
    long descriptors =
        ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
            ? unix.getMaxFileDescriptorCount()
            : Long.MAX_VALUE;
    long heap = Runtime.getRuntime().maxMemory();
    return new Capacity(
        mostConnections(descriptors, heap),
        heldByBuffers(),
        (long) (PlatformDependent.maxDirectMemory() * FULL),
        new HeadRoom(heap / HEADS_SHARE));
  }

  static long mostConnections(long descriptors, long heap) {
    return Math.max(
        1, Math.min((descriptors - RESERVED_DESCRIPTORS) / 2, heap / HEAP_PER_CONNECTION));
  }

  /// What is in buffers now, not what the pool has kept for the next ones: that does not shrink after a crowd has gone, and the node would
  /// stay full.
  static LongSupplier heldByBuffers() {
    return switch (ByteBufAllocator.DEFAULT) {
      case PooledByteBufAllocator pooled -> pooled::pinnedDirectMemory;
      case ByteBufAllocatorMetricProvider other -> () -> other.metric().usedDirectMemory();
      default -> () -> 0;
    };
  }

  HeadRoom heads() {
    return heads;
  }

  boolean connection(long open) {
    return open < mostConnections && request(System.nanoTime());
  }

  /// @param now of `System.nanoTime()`, a moment ago
  boolean request(long now) {
    if (now - lookedNanos >= FRESH_NANOS) {
      lookedNanos = now;
      full = bufferBytes.getAsLong() > mostBufferBytes;
    }
    return !full;
  }
}
