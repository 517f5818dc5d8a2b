package io.portcullis.perf.staging;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A request head as it came over the wire, with an index of what is needed to answer it.
///
/// Text is ISO-8859-1 throughout: one character per byte, so nothing is lost or reinterpreted.
final class RawRequest {

  private final byte[] head;
  private final String line;
  private final String method;
  private final String target;
  private final List<StagingReport.Header> headers;

  private RawRequest(
      byte[] head, String line, String method, String target, List<StagingReport.Header> headers) {
    this.head = head;
    this.line = line;
    this.method = method;
    this.target = target;
    this.headers = headers;
  }

  /// @param head request line and header lines with the empty line that ends them
  static RawRequest parse(byte[] head) throws MalformedRequest {
    String[] lines = new String(head, StandardCharsets.ISO_8859_1).split("\r\n", -1);
    String line = lines[0];
    int first = line.indexOf(' ');
    int last = line.lastIndexOf(' ');
    if (first <= 0 || last <= first + 1 || !line.startsWith("HTTP/1.", last + 1)) {
      throw new MalformedRequest(400, "not an HTTP/1.x request line: " + line);
    }
    List<StagingReport.Header> headers = new ArrayList<>();
    for (int i = 1; i < lines.length && !lines[i].isEmpty(); i++) {
      int colon = lines[i].indexOf(':');
      if (colon <= 0) {
        throw new MalformedRequest(400, "not a header line: " + lines[i]);
      }
      headers.add(
          new StagingReport.Header(
              lines[i].substring(0, colon), lines[i].substring(colon + 1).strip()));
    }
    return new RawRequest(
        head,
        line,
        line.substring(0, first),
        line.substring(first + 1, last),
        List.copyOf(headers));
  }

  byte[] head() {
    return head.clone();
  }

  String line() {
    return line;
  }

  String method() {
    return method;
  }

  String target() {
    return target;
  }

  /// The path in lower case, as IIS compares paths; of an absolute-form target, the path in it.
  String path() {
    String path = target;
    int scheme = path.indexOf("://");
    if (scheme > 0 && !path.startsWith("/")) {
      int slash = path.indexOf('/', scheme + 3);
      path = slash < 0 ? "/" : path.substring(slash);
    }
    int query = path.indexOf('?');
    return (query < 0 ? path : path.substring(0, query)).toLowerCase(Locale.ROOT);
  }

  List<StagingReport.Header> headers() {
    return headers;
  }

  /// The first value of a header, or null.
  @Nullable String header(String name) {
    for (StagingReport.Header header : headers) {
      if (header.name().equalsIgnoreCase(name)) {
        return header.value();
      }
    }
    return null;
  }

  boolean headerSays(String name, String token) {
    String value = header(name);
    return value != null && value.toLowerCase(Locale.ROOT).contains(token);
  }

  boolean keepsAlive() {
    return line.endsWith("HTTP/1.1")
        ? !headerSays("Connection", "close")
        : headerSays("Connection", "keep-alive");
  }
}
