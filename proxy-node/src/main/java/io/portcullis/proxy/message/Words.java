package io.portcullis.proxy.message;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Searches eight bytes at a time. A word's bytes are told apart by arithmetic on all of them at once: what borrows from the next byte
/// can only be a byte that was found, so the lowest mark is always right (Hacker's Delight, §6-1).
final class Words {

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int BYTES = Long.BYTES;
  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long HIGH = 0x8080_8080_8080_8080L;
  private static final long LINE_FEEDS = ONES * Chars.LF;
  private static final long SPACES = ONES * Chars.SP;
  private static final long DELETES = ONES * 0x7f;

  private Words() {}

  private static long word(byte[] bytes, int at) {
    return (long) WORD.get(bytes, at);
  }

  /// A mark in the highest bit of the bytes that are zero.
  private static long zeros(long word) {
    return (word - ONES) & ~word & HIGH;
  }

  /// Of those below the space.
  private static long controls(long word) {
    return (word - SPACES) & ~word & HIGH;
  }

  private static int first(long marks) {
    return Long.numberOfTrailingZeros(marks) >>> 3;
  }

  /// @return `until` if there is none
  static int lineFeed(byte[] bytes, int from, int until) {
    int at = from;
    for (int last = until - BYTES; at <= last; at += BYTES) {
      long marks = zeros(word(bytes, at) ^ LINE_FEEDS);
      if (marks != 0) {
        return at + first(marks);
      }
    }
    while (at < until && bytes[at] != Chars.LF) {
      at++;
    }
    return at;
  }

  /// The first byte that is not [Chars#VALUE]; there must be one.
  static int endOfValue(byte[] bytes, int from) {
    int at = from;
    for (int last = bytes.length - BYTES; at <= last; ) {
      long word = word(bytes, at);
      long marks = controls(word) | zeros(word ^ DELETES);
      if (marks == 0) {
        at += BYTES;
        continue;
      }
      at += first(marks);
      if (bytes[at] != Chars.HTAB) {
        return at;
      }
      at++;
    }
    while (Chars.VALUE[bytes[at] & 0xff]) {
      at++;
    }
    return at;
  }
}
