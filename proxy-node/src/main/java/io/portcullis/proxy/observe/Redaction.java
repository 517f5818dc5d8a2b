package io.portcullis.proxy.observe;

import static java.nio.charset.StandardCharsets.US_ASCII;

/// Takes out of a request target what may open a door: values in the query, but for those of a few parameters that are known to hold
/// no secret; parameters of path segments; and the segments in which ASP.NET keeps tickets when a client has no cookies.
///
/// What stays is listed rather than what goes, because clients, federation partners and future versions name their tokens as they like,
/// and a name can be written in many ways (`%61ccess_token`).
final class Redaction {

  private static final byte HIDDEN = '*';

  /// `sipuri` names a user, as IIS logs it too; the others choose a page, a language, a format.
  private static final byte[][] HARMLESS = {
    "sipuri".getBytes(US_ASCII),
    "sl".getBytes(US_ASCII),
    "lang".getBytes(US_ASCII),
    "culture".getBytes(US_ASCII),
    "format".getBytes(US_ASCII),
  };

  private Redaction() {}

  /// Writes the target that lies in `bytes` from `start` to `end`.
  static void write(byte[] bytes, int start, int end, LogBuffer out) {
    int query = start;
    while (query < end && bytes[query] != '?' && bytes[query] != '#') {
      query++;
    }
    path(bytes, start, query, out);
    if (query < end) {
      out.put(bytes[query]);
      query(bytes, query + 1, end, out);
    }
  }

  private static void path(byte[] bytes, int start, int end, LogBuffer out) {
    int segment = start;
    while (segment < end) {
      int stop = indexOf(bytes, segment, end, '/');
      segment(bytes, segment, stop, out);
      if (stop < end) {
        out.put('/');
      }
      segment = stop + 1;
    }
  }

  private static void segment(byte[] bytes, int start, int end, LogBuffer out) {
    if (end - start > 2 && bytes[start] == '(' && bytes[end - 1] == ')') {
      out.put('(').put(HIDDEN).put(')');
      return;
    }
    int parameter = indexOf(bytes, start, end, ';');
    out.put(bytes, start, parameter);
    if (parameter < end) {
      out.put(';').put(HIDDEN);
    }
  }

  private static void query(byte[] bytes, int start, int end, LogBuffer out) {
    int pair = start;
    while (pair < end) {
      int stop = indexOf(bytes, pair, end, '&');
      int equals = indexOf(bytes, pair, stop, '=');
      if (equals == stop) {
        if (stop > pair) {
          out.put(HIDDEN);
        }
      } else if (isHarmless(bytes, pair, equals)) {
        out.put(bytes, pair, stop);
      } else {
        out.put(bytes, pair, equals + 1);
        if (stop > equals + 1) {
          out.put(HIDDEN);
        }
      }
      if (stop < end) {
        out.put('&');
      }
      pair = stop + 1;
    }
  }

  private static int indexOf(byte[] bytes, int start, int end, char wanted) {
    int at = start;
    while (at < end && bytes[at] != wanted) {
      at++;
    }
    return at;
  }

  private static boolean isHarmless(byte[] bytes, int start, int end) {
    for (byte[] name : HARMLESS) {
      if (name.length == end - start && sameLetters(name, bytes, start)) {
        return true;
      }
    }
    return false;
  }

  private static boolean sameLetters(byte[] lower, byte[] bytes, int start) {
    for (int i = 0; i < lower.length; i++) {
      if ((bytes[start + i] | 0x20) != lower[i]) {
        return false;
      }
    }
    return true;
  }
}
