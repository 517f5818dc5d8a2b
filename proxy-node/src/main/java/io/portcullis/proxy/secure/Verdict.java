package io.portcullis.proxy.secure;

import io.netty.internal.tcnative.SSL;

/// What the library says of a call that read or wrote nothing.
final class Verdict {

  private Verdict() {}

  static boolean isProblem(int verdict) {
    return verdict != SSL.SSL_ERROR_NONE
        && verdict != SSL.SSL_ERROR_WANT_READ
        && verdict != SSL.SSL_ERROR_WANT_WRITE
        && verdict != SSL.SSL_ERROR_ZERO_RETURN;
  }

  /// In the library's words, which it forgets then.
  static String problem(String where) {
    String words = where + ": " + SSL.getErrorString(SSL.getLastErrorNumber());
    SSL.clearError();
    return words;
  }
}
