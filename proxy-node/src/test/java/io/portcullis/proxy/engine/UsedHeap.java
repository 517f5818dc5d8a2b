package io.portcullis.proxy.engine;

import java.lang.management.ManagementFactory;

/// What of the heap is really used.
final class UsedHeap {

  /// One collection may leave what a finishing thread or a reference still held.
  private static final int ATTEMPTS = 5;

  private UsedHeap() {}

  /// The least of several looks, each after a collection.
  static long bytes() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < ATTEMPTS; i++) {
      System.gc();
      least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return least;
  }
}
