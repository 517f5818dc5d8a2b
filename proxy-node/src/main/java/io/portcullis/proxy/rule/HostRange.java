package io.portcullis.proxy.rule;

/// The part of a Host value that names: without port, without the brackets of an IPv6 literal (RFC 3986 §3.2.2), without
/// the dot of a fully qualified name.
record HostRange(int start, int end) {

  static HostRange of(byte[] bytes, int start, int end) {
    if (start < end && bytes[start] == '[') {
      int close = indexOf(bytes, ']', start, end);
      return new HostRange(start + 1, close < 0 ? end : close);
    }
    int stop = end;
    int colon = indexOf(bytes, ':', start, end);
    // A second colon means an IPv6 literal without brackets, not a port.
    if (colon >= 0 && indexOf(bytes, ':', colon + 1, end) < 0) {
      stop = colon;
    }
    if (stop > start && bytes[stop - 1] == '.') {
      stop--;
    }
    return new HostRange(start, stop);
  }

  boolean isEmpty() {
    return start >= end;
  }

  /// Index of the first dot, -1 if the name has only one label.
  int firstDot(byte[] bytes) {
    return indexOf(bytes, '.', start, end);
  }

  private static int indexOf(byte[] bytes, int wanted, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    return -1;
  }
}
