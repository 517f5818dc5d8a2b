package io.portcullis.proxy.message;

/// Character classes as tables: one load per byte.
final class Chars {

  static final byte CR = '\r';
  static final byte LF = '\n';
  static final byte SP = ' ';
  static final byte HTAB = '\t';

  /// RFC 9110 §5.6.2 tchar.
  static final boolean[] TOKEN = new boolean[256];

  /// RFC 9110 §5.5: HTAB, SP, VCHAR and obs-text.
  static final boolean[] VALUE = new boolean[256];

  /// Whatever a request-target may carry here: anything but controls and the space that ends it. Stricter grammars refuse the
  /// targets that Office Web Apps really sends.
  static final boolean[] TARGET = new boolean[256];

  /// uri-host and port (RFC 9110 §7.2), with the underscore that Windows host names have.
  static final boolean[] HOST = new boolean[256];

  static final boolean[] DIGIT = new boolean[256];

  static {
    for (int c = 0; c < 256; c++) {
      boolean alpha = (c | 0x20) >= 'a' && (c | 0x20) <= 'z' && c < 128;
      DIGIT[c] = c >= '0' && c <= '9';
      TOKEN[c] = alpha || DIGIT[c] || (c < 128 && "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
      VALUE[c] = c == HTAB || (c >= ' ' && c != 0x7f);
      TARGET[c] = c > ' ' && c != 0x7f;
      HOST[c] = alpha || DIGIT[c] || (c < 128 && "-._~!$&'()*+;=%[]:".indexOf(c) >= 0);
    }
  }

  private Chars() {}

  static boolean isSpace(byte c) {
    return c == SP || c == HTAB;
  }

  static int lower(byte c) {
    return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
  }

  /// @param lower the expected bytes, letters in lower case
  static boolean equalsIgnoreCase(byte[] bytes, int start, int end, byte[] lower) {
    if (end - start != lower.length) {
      return false;
    }
    return startsWithIgnoreCase(bytes, start, end, lower);
  }

  static boolean startsWithIgnoreCase(byte[] bytes, int start, int end, byte[] lower) {
    if (end - start < lower.length) {
      return false;
    }
    for (int i = 0; i < lower.length; i++) {
      if (lower(bytes[start + i]) != lower[i]) {
        return false;
      }
    }
    return true;
  }

  static boolean sameIgnoreCase(byte[] bytes, int a, int aEnd, int b, int bEnd) {
    if (aEnd - a != bEnd - b) {
      return false;
    }
    for (int i = 0; i < aEnd - a; i++) {
      if (lower(bytes[a + i]) != lower(bytes[b + i])) {
        return false;
      }
    }
    return true;
  }

  static byte[] ascii(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
  }
}
