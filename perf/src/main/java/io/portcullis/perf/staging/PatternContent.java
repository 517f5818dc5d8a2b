package io.portcullis.perf.staging;

import java.io.IOException;
import java.io.OutputStream;
import java.util.SplittableRandom;

/// Endless content that anyone can compute: what `/bytes/N` serves.
///
/// A block of random bytes repeated, its length a prime, so that a piece that is lost, doubled or shifted by any
/// power-of-two buffer size changes every byte after it.
public final class PatternContent {

  private static final int BLOCK_BYTES = 65_521;
  private static final byte[] BLOCK = new byte[BLOCK_BYTES];

  static {
    new SplittableRandom(20110126).nextBytes(BLOCK);
  }

  private PatternContent() {}

  /// Writes bytes `from` (inclusive) to `to` (exclusive).
  public static void write(OutputStream out, long from, long to) throws IOException {
    long position = from;
    while (position < to) {
      int offset = (int) (position % BLOCK_BYTES);
      int count = (int) Math.min(BLOCK_BYTES - offset, to - position);
      out.write(BLOCK, offset, count);
      position += count;
    }
  }
}
