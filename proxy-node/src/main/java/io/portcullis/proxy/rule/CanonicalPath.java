package io.portcullis.proxy.rule;

import java.util.Arrays;

/// The path as the members' web server will read it, for matching only: what is forwarded stays as it came.
///
/// Decoded once (twice-encoded text is refused by IIS itself), including the `%uXXXX` form that HTTP.sys accepts; `\`
/// becomes `/`; repeated slashes collapse; `.` and `..` segments are resolved and never climb above the root
/// (RFC 3986 §5.2.4). An escape that is not one stays as it is.
final class CanonicalPath {

  private CanonicalPath() {}

  /// Whether [#of] would change nothing; the usual case.
  static boolean isCanonical(byte[] bytes, int start, int end) {
    if (start >= end || bytes[start] != '/') {
      return false;
    }
    for (int i = start; i < end; i++) {
      byte b = bytes[i];
      boolean afterSlash = i > start && bytes[i - 1] == '/';
      boolean plain = b != '%' && b != '\\' && b != ';' && b != ':';
      if (!plain || (afterSlash && (b == '/' || b == '.')) || endsInDot(bytes, i, end)) {
        return false;
      }
    }
    return true;
  }

  private static boolean endsInDot(byte[] bytes, int i, int end) {
    return bytes[i] == '.' && (i + 1 == end || bytes[i + 1] == '/');
  }

  /// The path as a file system or a less careful server may read it: of each segment nothing from `;`, `:` or NUL on (parameters, NTFS
  /// streams, ends of strings), and no dots, spaces or control characters at its end. What is denied is denied under this reading too.
  ///
  /// @param canonical as from [#of]
  static byte[] loosely(byte[] canonical) {
    byte[] loose = new byte[canonical.length + 1];
    int length = 0;
    for (int i = 0; i < canonical.length; ) {
      int next = i + 1;
      while (next < canonical.length && canonical[next] != '/') {
        next++;
      }
      int stop = nameEnd(canonical, i + 1, next);
      if (stop > i + 1) {
        System.arraycopy(canonical, i, loose, length, stop - i);
        length += stop - i;
      }
      i = next;
    }
    loose[length] = '/';
    return Arrays.copyOf(loose, length + 1);
  }

  private static int nameEnd(byte[] path, int start, int end) {
    int stop = start;
    while (stop < end && path[stop] != ';' && path[stop] != ':' && path[stop] != 0) {
      stop++;
    }
    while (stop > start
        && (path[stop - 1] == '.' || (path[stop - 1] >= 0 && path[stop - 1] <= ' '))) {
      stop--;
    }
    return stop;
  }

  /// @return begins with a slash
  static byte[] of(byte[] bytes, int start, int end) {
    byte[] decoded = new byte[end - start + 2];
    decoded[0] = '/';
    int length = decode(bytes, start, end, decoded);
    decoded[length] = '/';
    return resolve(decoded, length);
  }

  private static int decode(byte[] bytes, int start, int end, byte[] into) {
    int length = 1;
    for (int i = start; i < end; i++) {
      byte b = bytes[i];
      if (b == '%') {
        int wide = wideEscape(bytes, i, end);
        int narrow = wide >= 0 ? -1 : narrowEscape(bytes, i, end);
        if (wide >= 0) {
          // Above ASCII nothing is published by name; any byte that is in no prefix will do.
          b = wide < 0x80 ? (byte) wide : (byte) 0xff;
          i += 5;
        } else if (narrow >= 0) {
          b = (byte) narrow;
          i += 2;
        }
      }
      into[length++] = b == '\\' ? (byte) '/' : b;
    }
    return length;
  }

  /// Value of `%XX` at `i`, -1 if there is none.
  private static int narrowEscape(byte[] bytes, int i, int end) {
    return i + 2 < end ? hex(bytes, i + 1, 2) : -1;
  }

  /// Value of `%uXXXX` at `i`, -1 if there is none.
  private static int wideEscape(byte[] bytes, int i, int end) {
    boolean marked = i + 5 < end && Ascii.lower(bytes[i + 1]) == 'u';
    return marked ? hex(bytes, i + 2, 4) : -1;
  }

  private static int hex(byte[] bytes, int from, int digits) {
    int value = 0;
    for (int i = from; i < from + digits; i++) {
      int digit = Ascii.hex(bytes[i]);
      if (digit < 0) {
        return -1;
      }
      value = value * 16 + digit;
    }
    return value;
  }

  /// @param path `length` bytes that begin with a slash, and one more slash behind them
  private static byte[] resolve(byte[] path, int length) {
    int out = 0;
    int segment = 0;
    // Segment by segment: [segment, next) begins with its slash; writing never overtakes reading.
    while (segment < length) {
      int next = segment + 1;
      while (path[next] != '/') {
        next++;
      }
      int size = next - segment - 1;
      if (isDots(path, segment, size, 2)) {
        out = parent(path, out);
      } else if (size > 0 && !isDots(path, segment, size, 1)) {
        System.arraycopy(path, segment, path, out, next - segment);
        out += next - segment;
      }
      segment = next;
    }
    boolean directory = out == 0 || endsInDirectory(path, length);
    if (directory) {
      path[out++] = '/';
    }
    return Arrays.copyOf(path, out);
  }

  private static boolean isDots(byte[] path, int segment, int size, int dots) {
    return size == dots && path[segment + 1] == '.' && path[segment + dots] == '.';
  }

  private static int parent(byte[] path, int out) {
    int i = out;
    while (i > 0 && path[--i] != '/') {}
    return i;
  }

  /// A slash at the end survives. The tail of `path` is untouched whenever anything was removed before it.
  private static boolean endsInDirectory(byte[] path, int length) {
    return path[length - 1] == '/';
  }
}
