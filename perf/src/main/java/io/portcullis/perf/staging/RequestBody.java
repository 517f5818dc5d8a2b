package io.portcullis.perf.staging;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// The body of one request, read in pieces; the client is told to continue when somebody first reads.
final class RequestBody {

  private static final byte[] CONTINUE =
      "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  /// Chunk extensions and trailers longer than this are nobody's honest traffic.
  private static final int MAX_CHUNK_LINE_BYTES = 8 * 1024;

  private static final int MAX_TRAILERS = 100;

  private final ConnectionInput input;
  private final OutputStream output;
  private final boolean chunked;
  private boolean expectsContinue;
  private boolean firstChunk = true;
  private boolean done;

  /// What is left of the body, or of the current chunk.
  private long left;

  private RequestBody(
      ConnectionInput input,
      OutputStream output,
      boolean chunked,
      long length,
      boolean expectsContinue) {
    this.input = input;
    this.output = output;
    this.chunked = chunked;
    this.left = length;
    this.done = !chunked && length == 0;
    this.expectsContinue = expectsContinue && !done;
  }

  static RequestBody of(RawRequest request, ConnectionInput input, OutputStream output)
      throws MalformedRequest {
    String coding = request.header("Transfer-Encoding");
    String length = request.header("Content-Length");
    if (coding != null && (length != null || !coding.equalsIgnoreCase("chunked"))) {
      throw new MalformedRequest(400, "Transfer-Encoding: " + coding + " that cannot be framed");
    }
    if (length != null && !length.matches("[0-9]{1,18}")) {
      throw new MalformedRequest(400, "Content-Length: " + length);
    }
    return new RequestBody(
        input,
        output,
        coding != null,
        length == null ? 0 : Long.parseLong(length),
        request.headerSays("Expect", "100-continue"));
  }

  /// Whether the client still waits for permission to send.
  boolean awaitsContinue() {
    return expectsContinue;
  }

  /// What is there, at most `into.length` bytes; -1 at the end of the body.
  int read(byte[] into) throws IOException {
    if (expectsContinue) {
      expectsContinue = false;
      output.write(CONTINUE);
      output.flush();
    }
    if (chunked && left == 0 && !done) {
      nextChunk();
    }
    if (done) {
      return -1;
    }
    int count = input.read(into, 0, (int) Math.min(into.length, left));
    if (count < 0) {
      throw new MalformedRequest(400, "connection ended inside a body, " + left + " bytes missing");
    }
    left -= count;
    done = !chunked && left == 0;
    return count;
  }

  /// Reads it all as text; more than `limit` bytes are refused.
  String text(int limit) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    byte[] buffer = new byte[4 * 1024];
    for (int count = read(buffer); count >= 0; count = read(buffer)) {
      text.write(buffer, 0, count);
      if (text.size() > limit) {
        throw new MalformedRequest(413, "a form has at most " + limit + " bytes");
      }
    }
    return text.toString(StandardCharsets.UTF_8);
  }

  /// Reads the rest and counts it.
  long drain() throws IOException {
    byte[] buffer = new byte[16 * 1024];
    long total = 0;
    for (int count = read(buffer); count >= 0; count = read(buffer)) {
      total += count;
    }
    return total;
  }

  private void nextChunk() throws IOException {
    if (!firstChunk && !input.readLine(MAX_CHUNK_LINE_BYTES).isEmpty()) {
      throw new MalformedRequest(400, "chunk longer than its size says");
    }
    firstChunk = false;
    String size = input.readLine(MAX_CHUNK_LINE_BYTES).split(";", 2)[0].strip();
    if (!size.matches("[0-9A-Fa-f]{1,15}")) {
      throw new MalformedRequest(400, "chunk size: " + size);
    }
    left = Long.parseLong(size, 16);
    if (left == 0) {
      done = true;
      int trailers = 0;
      while (!input.readLine(MAX_CHUNK_LINE_BYTES).isEmpty()) {
        if (++trailers > MAX_TRAILERS) {
          throw new MalformedRequest(400, "over " + MAX_TRAILERS + " trailers");
        }
      }
    }
  }
}
