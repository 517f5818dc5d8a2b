package io.portcullis.perf.load;

import java.time.Duration;
import java.util.Set;

/// One request as it goes onto the wire, and which answers to it are right.
///
/// @param operation the name its latencies are counted under
/// @param host public name: the TLS server name, and the `Host` in `head`
/// @param head request line and header lines with the blank line, in ASCII
/// @param text body in ASCII, before `bodyBytes` of no meaning; nearly always empty
/// @param bodyBytes length of the body that follows the head; its content does not matter
/// @param expected the right status codes
/// @param expectedBytes length the answer's body must have, or `ANY_LENGTH`
/// @param hold how long the server is known to wait before it answers (a long poll); not counted as latency
/// @param pause what the user does between the last answer and this request; not counted either
/// @param keepsAnswer whether the next step wants to read the answer
record Request(
    String operation,
    String host,
    String head,
    String text,
    long bodyBytes,
    Set<Integer> expected,
    long expectedBytes,
    Duration hold,
    Duration pause,
    boolean keepsAnswer) {

  static final long ANY_LENGTH = -1;

  private static final Set<Integer> OK = Set.of(200);

  /// A GET that is right when it is answered with 200.
  static Request get(String operation, String host, String target) {
    return of(operation, host, "GET " + target, "", "", 0);
  }

  /// A POST of `bodyBytes` bytes of no meaning.
  static Request post(String operation, String host, String target, long bodyBytes) {
    return of(
        operation,
        host,
        "POST " + target,
        "Content-Type: application/octet-stream\r\nContent-Length: " + bodyBytes + "\r\n",
        "",
        bodyBytes);
  }

  /// A POST of a text.
  ///
  /// @param type its media type
  static Request post(String operation, String host, String target, String type, String text) {
    return of(
        operation,
        host,
        "POST " + target,
        "Content-Type: " + type + "\r\nContent-Length: " + text.length() + "\r\n",
        text,
        0);
  }

  private static Request of(
      String operation, String host, String start, String fields, String text, long bodyBytes) {
    String head =
        start
            + " HTTP/1.1\r\nHost: "
            + host
            + "\r\nUser-Agent: portcullis-perf\r\nAccept: */*\r\n"
            + fields
            + "\r\n";
    return new Request(
        operation,
        host,
        head,
        text,
        bodyBytes,
        OK,
        ANY_LENGTH,
        Duration.ZERO,
        Duration.ZERO,
        false);
  }

  /// With one more header line.
  Request with(String name, String value) {
    String longer = head.substring(0, head.length() - 2) + name + ": " + value + "\r\n\r\n";
    return new Request(
        operation,
        host,
        longer,
        text,
        bodyBytes,
        expected,
        expectedBytes,
        hold,
        pause,
        keepsAnswer);
  }

  Request expecting(Integer... codes) {
    return new Request(
        operation,
        host,
        head,
        text,
        bodyBytes,
        Set.of(codes),
        expectedBytes,
        hold,
        pause,
        keepsAnswer);
  }

  Request expectingBytes(long length) {
    return new Request(
        operation, host, head, text, bodyBytes, expected, length, hold, pause, keepsAnswer);
  }

  Request held(Duration time) {
    return new Request(
        operation, host, head, text, bodyBytes, expected, expectedBytes, time, pause, keepsAnswer);
  }

  Request after(Duration time) {
    return new Request(
        operation, host, head, text, bodyBytes, expected, expectedBytes, hold, time, keepsAnswer);
  }

  Request keepingAnswer() {
    return new Request(
        operation, host, head, text, bodyBytes, expected, expectedBytes, hold, pause, true);
  }
}
