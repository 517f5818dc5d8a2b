package io.portcullis.proxy.message;

/// The first line of a request, and the host in it (RFC 9112 §3).
final class RequestLine {

  private static final byte[] HTTP_SCHEME = Chars.ascii("http://");
  private static final byte[] HTTPS_SCHEME = Chars.ascii("https://");
  private static final int VERSION_BYTES = 8;

  private RequestLine() {}

  /// @return the start of the first header line
  static int parse(ParsedRequest head) throws MessageRefused {
    byte[] bytes = head.bytes;
    int methodEnd = 0;
    while (Chars.TOKEN[bytes[methodEnd] & 0xff]) {
      methodEnd++;
    }
    if (methodEnd == 0 || bytes[methodEnd] != Chars.SP) {
      throw Refusal.BAD_METHOD.thrown();
    }
    if (methodEnd > Limits.METHOD_BYTES) {
      throw Refusal.METHOD_TOO_LONG.thrown();
    }
    int targetStart = methodEnd + 1;
    int targetEnd = targetStart;
    while (Chars.TARGET[bytes[targetEnd] & 0xff]) {
      targetEnd++;
    }
    if (targetEnd == targetStart || bytes[targetEnd] != Chars.SP) {
      throw Refusal.BAD_TARGET.thrown();
    }
    int version = targetEnd + 1;
    head.http11 = version(bytes, version, head.end);
    head.line(methodEnd, targetStart, targetEnd, version + VERSION_BYTES);
    if (ParsedRequest.isConnect(bytes, methodEnd)) {
      throw Refusal.CONNECT.thrown();
    }
    checkForm(bytes, targetStart, targetEnd);
    return FieldLines.endOfLine(bytes, version + VERSION_BYTES, Refusal.BAD_VERSION);
  }

  private static boolean version(byte[] bytes, int at, int end) throws MessageRefused {
    if (end - at < VERSION_BYTES + 2 || !ParsedRequest.startsWithHttp(bytes, at)) {
      throw Refusal.BAD_VERSION.thrown();
    }
    byte minor = bytes[at + VERSION_BYTES - 1];
    if (!ParsedRequest.startsWithHttp1(bytes, at) || (minor != '0' && minor != '1')) {
      boolean numbers =
          Chars.DIGIT[bytes[at + 5] & 0xff] && bytes[at + 6] == '.' && Chars.DIGIT[minor & 0xff];
      throw (numbers ? Refusal.VERSION_NOT_SUPPORTED : Refusal.BAD_VERSION).thrown();
    }
    return minor == '1';
  }

  private static void checkForm(byte[] bytes, int start, int end) throws MessageRefused {
    boolean origin = bytes[start] == '/';
    boolean asterisk = bytes[start] == '*' && end - start == 1;
    if (!origin && !asterisk && authorityStart(bytes, start, end) == start) {
      throw Refusal.BAD_TARGET.thrown();
    }
  }

  /// Where the authority of an absolute-form starts; `start` itself if the target has none.
  static int authorityStart(byte[] bytes, int start, int end) {
    if (Chars.startsWithIgnoreCase(bytes, start, end, HTTP_SCHEME)) {
      return start + HTTP_SCHEME.length;
    }
    return Chars.startsWithIgnoreCase(bytes, start, end, HTTPS_SCHEME)
        ? start + HTTPS_SCHEME.length
        : start;
  }

  /// A host with an optional port. Empty is allowed (RFC 9112 §3.2); no rule will match it.
  static void checkHost(byte[] bytes, int start, int end) throws MessageRefused {
    for (int i = start; i < end; i++) {
      if (!Chars.HOST[bytes[i] & 0xff]) {
        throw Refusal.BAD_HOST.thrown();
      }
    }
    int stop = withoutPort(bytes, start, end);
    boolean literal = start < end && bytes[start] == '[';
    if (literal && (stop - start < 2 || bytes[stop - 1] != ']')) {
      throw Refusal.BAD_HOST.thrown();
    }
    for (int i = literal ? stop : start; i < stop; i++) {
      if (bytes[i] == ':' || bytes[i] == '[' || bytes[i] == ']') {
        throw Refusal.BAD_HOST.thrown();
      }
    }
    for (int i = stop + 1; i < end; i++) {
      if (!Chars.DIGIT[bytes[i] & 0xff]) {
        throw Refusal.BAD_HOST.thrown();
      }
    }
    if (stop < end && bytes[stop] != ':') {
      throw Refusal.BAD_HOST.thrown();
    }
  }

  static int withoutPort(byte[] bytes, int start, int end) {
    int stop = start;
    if (start < end && bytes[start] == '[') {
      while (stop < end && bytes[stop] != ']') {
        stop++;
      }
      return Math.min(stop + 1, end);
    }
    while (stop < end && bytes[stop] != ':') {
      stop++;
    }
    return stop;
  }
}
