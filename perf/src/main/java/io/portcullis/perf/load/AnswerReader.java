package io.portcullis.perf.load;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Reads answers off one connection, one after the other (RFC 9112). It shares no code, and no mistakes, with the data
/// path it is there to judge. One event loop owns it.
final class AnswerReader {

  /// No pool sends longer heads; beyond this something else than HTTP is at the other end.
  private static final int MAX_HEAD_BYTES = 64 * 1024;

  /// Answers that a user model reads (links, tickets) are small; the rest of a longer one is counted only.
  private static final int MAX_KEPT_BYTES = 256 * 1024;

  /// A chunk size has at most 15 hexadecimal digits here, and extensions are short.
  private static final int MAX_LINE_BYTES = 4096;

  private enum State {
    HEAD,
    LENGTH,
    CHUNK_SIZE,
    CHUNK_DATA,
    CHUNK_END,
    TRAILER,
    UNTIL_CLOSE
  }

  private byte[] head = new byte[512];
  private int headLength;
  private State state = State.HEAD;
  private long left;
  private boolean keep;
  private int status;
  private boolean reusable;
  private long bodyBytes;
  private String headText = "";
  private final ByteArrayOutputStream body = new ByteArrayOutputStream(0);

  void begin(boolean keepsAnswer) {
    keep = keepsAnswer;
    state = State.HEAD;
    headLength = 0;
    bodyBytes = 0;
    headText = "";
    body.reset();
  }

  /// Takes what has come.
  ///
  /// @return whether the answer is complete; bytes after it stay in `in`
  boolean read(ByteBuf in) throws BadAnswer {
    while (true) {
      switch (state) {
        case HEAD -> {
          if (!readLine(in, MAX_HEAD_BYTES, true)) {
            return false;
          }
          if (beginBody()) {
            return true;
          }
        }
        case LENGTH, CHUNK_DATA -> {
          take(in, (int) Math.min(left, in.readableBytes()));
          if (left > 0) {
            return false;
          }
          if (state == State.LENGTH) {
            return true;
          }
          state = State.CHUNK_END;
          headLength = 0;
        }
        case CHUNK_SIZE -> {
          if (!readLine(in, MAX_LINE_BYTES, false)) {
            return false;
          }
          left = chunkSize();
          state = left == 0 ? State.TRAILER : State.CHUNK_DATA;
          headLength = 0;
        }
        case CHUNK_END -> {
          if (!readLine(in, MAX_LINE_BYTES, false)) {
            return false;
          }
          if (headLength != 2) {
            throw new BadAnswer("a chunk is longer than it said");
          }
          state = State.CHUNK_SIZE;
          headLength = 0;
        }
        case TRAILER -> {
          if (!readLine(in, MAX_LINE_BYTES, false)) {
            return false;
          }
          if (headLength == 2) {
            return true;
          }
          headLength = 0;
        }
        case UNTIL_CLOSE -> {
          left = in.readableBytes();
          take(in, in.readableBytes());
          return false;
        }
      }
    }
  }

  /// Whether the close of the connection is what ends this answer.
  boolean endsWithClose() {
    return state == State.UNTIL_CLOSE;
  }

  /// The answer that `read` completed.
  Answer answer() {
    return new Answer(status, headText, body.toString(StandardCharsets.UTF_8), bodyBytes, reusable);
  }

  /// Collects up to a line's end, or up to the blank line for a head.
  private boolean readLine(ByteBuf in, int limit, boolean toBlankLine) throws BadAnswer {
    while (in.isReadable()) {
      int end = in.bytesBefore((byte) '\n');
      int count = end < 0 ? in.readableBytes() : end + 1;
      if (headLength + count > limit) {
        throw new BadAnswer("a head or chunk line longer than " + limit + " bytes");
      }
      if (headLength + count > head.length) {
        head = java.util.Arrays.copyOf(head, Math.max(head.length * 2, headLength + count));
      }
      in.readBytes(head, headLength, count);
      headLength += count;
      if (end >= 0 && (!toBlankLine || endsBlank())) {
        return true;
      }
    }
    return false;
  }

  private boolean endsBlank() {
    return headLength >= 4
        && head[headLength - 2] == '\r'
        && head[headLength - 3] == '\n'
        && head[headLength - 4] == '\r';
  }

  /// @return whether there is no body to wait for
  private boolean beginBody() throws BadAnswer {
    if (headLength < 14 || head[0] != 'H' || head[1] != 'T' || head[5] != '1' || head[6] != '.') {
      throw new BadAnswer("not an HTTP/1 answer");
    }
    status = digit(9) * 100 + digit(10) * 10 + digit(11);
    if (status < 200) {
      headLength = 0;
      return false; // an interim answer; the real one follows
    }
    if (keep) {
      headText = new String(head, 0, headLength, StandardCharsets.ISO_8859_1);
    }
    reusable = head[7] == '1';
    long length = -1;
    boolean chunked = false;
    for (int from = lineAfter(0); from < headLength - 2; from = lineAfter(from)) {
      if (isField(from, "content-length:")) {
        length = number(value(from, 15));
      } else if (isField(from, "transfer-encoding:")) {
        chunked = value(from, 18).endsWith("chunked");
      } else if (isField(from, "connection:") && value(from, 11).contains("close")) {
        reusable = false;
      }
    }
    headLength = 0;
    if (status == 204 || status == 304 || (!chunked && length == 0)) {
      return true;
    }
    state = chunked ? State.CHUNK_SIZE : length > 0 ? State.LENGTH : State.UNTIL_CLOSE;
    reusable &= state != State.UNTIL_CLOSE;
    left = length;
    return false;
  }

  private int digit(int at) throws BadAnswer {
    int digit = head[at] - '0';
    if (digit < 0 || digit > 9) {
      throw new BadAnswer("no status code in the answer");
    }
    return digit;
  }

  private int lineAfter(int from) {
    int at = from;
    while (at < headLength && head[at] != '\n') {
      at++;
    }
    return at + 1;
  }

  private boolean isField(int from, String lowerCase) {
    if (from + lowerCase.length() > headLength) {
      return false;
    }
    for (int i = 0; i < lowerCase.length(); i++) {
      int letter = head[from + i];
      if ((letter >= 'A' && letter <= 'Z' ? letter | 0x20 : letter) != lowerCase.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private String value(int from, int nameLength) {
    int end = lineAfter(from);
    return new String(head, from + nameLength, end - from - nameLength, StandardCharsets.ISO_8859_1)
        .strip()
        .toLowerCase(Locale.ROOT);
  }

  private static long number(String text) throws BadAnswer {
    try {
      long length = Long.parseLong(text);
      if (length >= 0) {
        return length;
      }
    } catch (NumberFormatException e) {
      // Said below, with the text.
    }
    throw new BadAnswer("Content-Length \"" + text + "\"");
  }

  private long chunkSize() throws BadAnswer {
    String line = new String(head, 0, headLength, StandardCharsets.ISO_8859_1);
    String digits = line.split("[;\\s]", 2)[0];
    try {
      if (digits.length() <= 15) {
        return Long.parseLong(digits, 16);
      }
    } catch (NumberFormatException e) {
      // Said below, with the text.
    }
    throw new BadAnswer("chunk size \"" + digits + "\"");
  }

  private void take(ByteBuf in, int count) throws BadAnswer {
    if (keep && body.size() + count <= MAX_KEPT_BYTES) {
      try {
        in.readBytes(body, count);
      } catch (java.io.IOException e) {
        throw new BadAnswer("memory refused a body: " + e.getMessage());
      }
    } else {
      in.skipBytes(count);
    }
    bodyBytes += count;
    left -= count;
  }
}
