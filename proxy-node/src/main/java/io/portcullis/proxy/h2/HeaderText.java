package io.portcullis.proxy.h2;

import io.netty.util.AsciiString;

/// What may stand in a header of HTTP/2 (RFC 9113 §8.2.1).
final class HeaderText {

  private static final String TOKEN_SYMBOLS = "!#$%&'*+-.^_`|~";
  private static final boolean[] NAME = new boolean[128];

  static {
    for (char c = 0; c < NAME.length; c++) {
      // Lower case only: an upper-case letter makes a message malformed.
      NAME[c] = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || TOKEN_SYMBOLS.indexOf(c) >= 0;
    }
  }

  private HeaderText() {}

  static void checkName(CharSequence name) throws MalformedRequest {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c >= NAME.length || !NAME[c]) {
        throw MalformedRequest.protocol();
      }
    }
  }

  /// No control character but the tabulator, and no white space at either end.
  static void checkValue(CharSequence value) throws MalformedRequest {
    int last = value.length() - 1;
    if (last >= 0 && (isSpace(value.charAt(0)) || isSpace(value.charAt(last)))) {
      throw MalformedRequest.protocol();
    }
    for (int i = 0; i <= last; i++) {
      char c = value.charAt(i);
      if ((c < ' ' && c != '\t') || c == 0x7f || c > 0xff) {
        throw MalformedRequest.protocol();
      }
    }
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t';
  }

  /// NTLM or Negotiate, which authenticate a connection.
  static boolean isConnectionAuth(CharSequence credentials) {
    return startsWith(credentials, "ntlm") || startsWith(credentials, "negotiate");
  }

  private static boolean startsWith(CharSequence text, String lower) {
    return AsciiString.regionMatches(text, true, 0, lower, 0, lower.length());
  }
}
