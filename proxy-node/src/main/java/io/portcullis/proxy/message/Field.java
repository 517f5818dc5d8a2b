package io.portcullis.proxy.message;

import java.util.Arrays;

/// The header names this proxy acts on; all others are bytes that pass.
public enum Field {
  OTHER(""),
  HOST("host"),
  CONTENT_LENGTH("content-length"),
  TRANSFER_ENCODING("transfer-encoding"),
  CONNECTION("connection"),
  PROXY_CONNECTION("proxy-connection"),
  KEEP_ALIVE("keep-alive"),
  TE("te"),
  UPGRADE("upgrade"),
  HTTP2_SETTINGS("http2-settings"),
  EXPECT("expect"),
  AUTHORIZATION("authorization"),
  PROXY_AUTHORIZATION("proxy-authorization"),
  WWW_AUTHENTICATE("www-authenticate"),
  PROXY_AUTHENTICATE("proxy-authenticate"),
  FORWARDED("forwarded"),
  X_FORWARDED("x-forwarded-");

  private static final int LONGEST = 31;

  private static final Known[][] BY_LENGTH = new Known[LONGEST + 1][0];
  private static final byte[] FORWARDING_PREFIX = Chars.ascii(X_FORWARDED.lower);

  static {
    for (Field field : values()) {
      if (field != OTHER && field != X_FORWARDED) {
        int length = field.lower.length();
        Known[] same = BY_LENGTH[length];
        BY_LENGTH[length] = Arrays.copyOf(same, same.length + 1);
        BY_LENGTH[length][same.length] = new Known(field, Chars.ascii(field.lower));
      }
    }
  }

  private final String lower;

  Field(String lower) {
    this.lower = lower;
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Known(Field field, byte[] lower) {}

  /// A hop's own business (RFC 9110 §7.6.1). Transfer-Encoding is not here: the framing is forwarded as it came.
  boolean isHopByHop() {
    return switch (this) {
      case CONNECTION, PROXY_CONNECTION, KEEP_ALIVE, TE, UPGRADE, HTTP2_SETTINGS -> true;
      case OTHER,
          HOST,
          CONTENT_LENGTH,
          TRANSFER_ENCODING,
          EXPECT,
          AUTHORIZATION,
          PROXY_AUTHORIZATION,
          WWW_AUTHENTICATE,
          PROXY_AUTHENTICATE,
          FORWARDED,
          X_FORWARDED ->
          false;
    };
  }

  static Field of(byte[] bytes, int start, int end) {
    int length = end - start;
    if (length > LONGEST) {
      return isForwarding(bytes, start, end) ? X_FORWARDED : OTHER;
    }
    for (Known candidate : BY_LENGTH[length]) {
      if (Chars.startsWithIgnoreCase(bytes, start, end, candidate.lower)) {
        return candidate.field;
      }
    }
    return isForwarding(bytes, start, end) ? X_FORWARDED : OTHER;
  }

  private static boolean isForwarding(byte[] bytes, int start, int end) {
    return (bytes[start] | 0x20) == 'x'
        && Chars.startsWithIgnoreCase(bytes, start, end, FORWARDING_PREFIX);
  }
}
