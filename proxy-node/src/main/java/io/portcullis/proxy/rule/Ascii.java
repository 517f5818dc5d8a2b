package io.portcullis.proxy.rule;

/// Case without locale: only A to Z have one here (RFC 4343).
final class Ascii {

  private Ascii() {}

  static byte lower(byte b) {
    return b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
  }

  /// @param lower already in lower case
  static boolean equalsLower(byte[] lower, byte[] bytes, int start, int end) {
    return lower.length == end - start && startsWithLower(lower, bytes, start);
  }

  /// The caller has checked that `bytes` is long enough.
  static boolean startsWithLower(byte[] lower, byte[] bytes, int start) {
    for (int i = 0; i < lower.length; i++) {
      if (lower[i] != lower(bytes[start + i])) {
        return false;
      }
    }
    return true;
  }

  /// Value of a hexadecimal digit, -1 if it is none.
  static int hex(byte b) {
    return Character.digit((char) (b & 0xff), 16);
  }
}
