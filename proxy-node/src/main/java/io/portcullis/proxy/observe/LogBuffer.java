package io.portcullis.proxy.observe;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// Log lines as bytes, in an array that is used again and again: writing a line makes no garbage.
final class LogBuffer {

  private static final byte[] DIGITS = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };
  private static final int LONGEST_NUMBER = 20;
  private static final long NANOS_PER_MICRO = 1000;

  private byte[] bytes;
  private int length;

  LogBuffer(int capacity) {
    bytes = new byte[capacity];
  }

  int length() {
    return length;
  }

  byte at(int index) {
    return bytes[index];
  }

  byte[] array() {
    return bytes;
  }

  void clear() {
    length = 0;
  }

  ByteBuffer written() {
    return ByteBuffer.wrap(bytes, 0, length);
  }

  private void room(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }

  LogBuffer put(int b) {
    room(1);
    bytes[length++] = (byte) b;
    return this;
  }

  /// Latin characters, as they are; for our own words.
  LogBuffer put(String text) {
    int count = text.length();
    room(count);
    for (int i = 0; i < count; i++) {
      bytes[length++] = (byte) text.charAt(i);
    }
    return this;
  }

  LogBuffer put(byte[] from, int start, int end) {
    room(end - start);
    System.arraycopy(from, start, bytes, length, end - start);
    length += end - start;
    return this;
  }

  LogBuffer number(long value) {
    if (value < 0) {
      return put(Long.toString(value));
    }
    room(LONGEST_NUMBER);
    int digits = 1;
    for (long rest = value / 10; rest > 0; rest /= 10) {
      digits++;
    }
    long rest = value;
    for (int i = length + digits - 1; i >= length; i--) {
      bytes[i] = DIGITS[(int) (rest % 10)];
      rest /= 10;
    }
    length += digits;
    return this;
  }

  /// At least `digits` of them, with leading zeros.
  LogBuffer padded(long value, int digits) {
    long limit = 10;
    for (int i = 1; i < digits; i++) {
      if (value < limit) {
        put('0');
      }
      limit *= 10;
    }
    return number(value);
  }

  /// Milliseconds with three decimals.
  LogBuffer millis(long nanos) {
    long micros = nanos / NANOS_PER_MICRO;
    return number(micros / 1000).put('.').padded(micros % 1000, 3);
  }

  LogBuffer hex64(long value) {
    room(16);
    for (int shift = 60; shift >= 0; shift -= 4) {
      bytes[length++] = DIGITS[(int) (value >>> shift) & 0xf];
    }
    return this;
  }

  LogBuffer hex8(int value) {
    return put(DIGITS[(value >>> 4) & 0xf]).put(DIGITS[value & 0xf]);
  }
}
