package io.portcullis.perf.staging;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A response before it is written: status, its own headers, and content of known length.
///
/// @param close whether the connection ends after it
record Answer(
    int status,
    String contentType,
    List<StagingReport.Header> headers,
    long length,
    Content content,
    boolean close) {

  Answer {
    headers = List.copyOf(headers);
  }

  /// Writes exactly `length` bytes.
  @FunctionalInterface
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  static Answer text(int status, String text) {
    return bytes(
        status, "text/plain; charset=iso-8859-1", text.getBytes(StandardCharsets.ISO_8859_1));
  }

  static Answer json(String text) {
    return bytes(200, "application/json; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }

  static Answer bytes(int status, String contentType, byte[] body) {
    return new Answer(status, contentType, List.of(), body.length, out -> out.write(body), false);
  }

  Answer with(String name, String value) {
    List<StagingReport.Header> more = new java.util.ArrayList<>(headers);
    more.add(new StagingReport.Header(name, value));
    return new Answer(status, contentType, more, length, content, close);
  }

  Answer withStatus(int code) {
    return new Answer(code, contentType, headers, length, content, close);
  }

  Answer closing() {
    return new Answer(status, contentType, headers, length, content, true);
  }

  boolean hasBody() {
    return status >= 200 && status != 204 && status != 304;
  }
}
