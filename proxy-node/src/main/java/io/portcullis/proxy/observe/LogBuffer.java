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

  byte[] copy() {
    return Arrays.copyOf(bytes, length);
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

  /// Latin characters, as they are; for our own words. The deprecated call makes no array, and drops the upper half of each character,
  /// which Latin ones leave empty.
  @SuppressWarnings("deprecation")
  LogBuffer put(String text) {
    int count = text.length();
    room(count);
    text.getBytes(0, count, bytes, length);
    length += count;
    return this;
  }

  LogBuffer put(byte[] all) {
    return put(all, 0, all.length);
  }

  LogBuffer put(byte[] from, int start, int end) {
    room(end - start);
    System.arraycopy(from, start, bytes, length, end - start);
    length += end - start;
    return this;
  }

  LogBuffer number(long value) {
    if (value < 0 || value > Integer.MAX_VALUE) {
      return put(Long.toString(value));
    }
    int rest = (int) value;
    room(LONGEST_NUMBER);
    int digits = 1;
    for (int limit = rest; limit >= 10; limit /= 10) {
      digits++;
    }
    for (int i = length + digits - 1; i >= length; i--) {
      bytes[i] = DIGITS[rest % 10];
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
    long micros = Math.max(0, nanos) / NANOS_PER_MICRO;
    long whole = micros / 1000;
    int rest = (int) (micros - whole * 1000);
    number(whole).room(4);
    bytes[length] = '.';
    bytes[length + 1] = DIGITS[rest / 100];
    bytes[length + 2] = DIGITS[rest / 10 % 10];
    bytes[length + 3] = DIGITS[rest % 10];
    length += 4;
    return this;
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
