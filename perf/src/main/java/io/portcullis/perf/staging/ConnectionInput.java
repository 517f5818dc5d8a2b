package io.portcullis.perf.staging;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The bytes of one connection: heads whole and untouched, lines of chunked framing, bodies in pieces.
final class ConnectionInput {

  /// Twice what a node lets through (16 KB line, 64 KB header block), so that the node's limit is the one that shows.
  static final int MAX_HEAD_BYTES = 160 * 1024;

  /// Enough for most heads; it grows to the largest. Ten thousand connections wait at once, so it is no more.
  private static final int BUFFER_BYTES = 8 * 1024;

  private final InputStream stream;
  private byte[] buffer = new byte[BUFFER_BYTES];
  private int start;
  private int end;
  private @Nullable CompletableFuture<Boolean> ahead;

  ConnectionInput(InputStream stream) {
    this.stream = stream;
  }

  /// Waits for the peer while an answer is held back: completes with false when the peer is gone. The bytes of a next
  /// request stay for `readHead`, which waits for this first; nothing else may read meanwhile.
  CompletableFuture<Boolean> watch() {
    if (start < end) {
      return new CompletableFuture<>();
    }
    CompletableFuture<Boolean> watched = new CompletableFuture<>();
    ahead = watched;
    Thread.ofVirtual()
        .start(() -> {
          try {
            watched.complete(fill());
          } catch (IOException e) {
            watched.complete(false);
          }
        });
    return watched;
  }

  /// Up to and including the empty line; null when the peer closed between requests.
  byte @Nullable [] readHead() throws IOException {
    if (ahead != null) {
      boolean more = ahead.join();
      ahead = null;
      if (!more) {
        return null;
      }
    }
    int scanned = start;
    while (true) {
      for (int i = Math.max(scanned, start + 3); i < end; i++) {
        if (buffer[i] == '\n'
            && buffer[i - 1] == '\r'
            && buffer[i - 2] == '\n'
            && buffer[i - 3] == '\r') {
          byte[] head = Arrays.copyOfRange(buffer, start, i + 1);
          start = i + 1;
          return head;
        }
      }
      if (end - start >= MAX_HEAD_BYTES) {
        throw new MalformedRequest(431, "request head over " + MAX_HEAD_BYTES + " bytes");
      }
      int have = end - start;
      if (!fill()) {
        if (have == 0) {
          return null;
        }
        throw new MalformedRequest(400, "connection ended inside a request head");
      }
      scanned = start + have;
      if (buffer[start] >= 0 && buffer[start] < ' ' && buffer[start] != '\r') {
        throw new MalformedRequest(400, "not HTTP: TLS on a clear port?");
      }
    }
  }

  /// A line of chunked framing, without its CRLF.
  String readLine(int maxBytes) throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      if (start == end && !fill()) {
        throw new MalformedRequest(400, "connection ended inside a chunked body");
      }
      char c = (char) (buffer[start++] & 0xff);
      if (c == '\n') {
        int last = line.length() - 1;
        if (last < 0 || line.charAt(last) != '\r') {
          throw new MalformedRequest(400, "bare LF in chunked framing");
        }
        line.setLength(last);
        return line.toString();
      }
      if (line.length() > maxBytes) {
        throw new MalformedRequest(400, "chunk line over " + maxBytes + " bytes");
      }
      line.append(c);
    }
  }

  /// What is there, at most `length` bytes; -1 at the end.
  int read(byte[] into, int offset, int length) throws IOException {
    if (start == end) {
      return stream.read(into, offset, length);
    }
    int count = Math.min(length, end - start);
    System.arraycopy(buffer, start, into, offset, count);
    start += count;
    return count;
  }

  /// Appends what the peer sent; moves what is unread to the front and grows as needed.
  private boolean fill() throws IOException {
    if (start > 0) {
      System.arraycopy(buffer, start, buffer, 0, end - start);
      end -= start;
      start = 0;
    }
    if (end == buffer.length) {
      buffer = Arrays.copyOf(buffer, buffer.length * 2);
    }
    int count = stream.read(buffer, end, buffer.length - end);
    if (count < 0) {
      return false;
    }
    end += count;
    return true;
  }
}
