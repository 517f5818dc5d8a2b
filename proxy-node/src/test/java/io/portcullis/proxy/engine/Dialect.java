package io.portcullis.proxy.engine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A way in which some server somewhere reads requests. Bytes that two dialects read as different requests are a smuggler's tool.
enum Dialect {
  STRICT,
  LINE_FEED_ENDS_LINES,
  CARRIAGE_RETURN_ENDS_LINES,
  SPACE_BEFORE_COLON_IS_TRIMMED,
  FOLDED_LINES_ARE_HEADERS,
  LAST_LENGTH_WINS,
  LENGTH_BEATS_CODING,
  CODING_IS_CHUNKED_IF_IT_CONTAINS_IT,
  /// What most servers that forgive do, all at once.
  FORGIVING;

  /// What was understood.
  ///
  /// @param targets of all requests, the last one perhaps incomplete
  /// @param complete how many of them are
  record Understood(List<String> targets, int complete) {}

  Understood read(byte[] bytes) {
    return new Reader(new String(bytes, ISO_8859_1)).read();
  }

  private boolean forgives(Dialect one) {
    return this == one || this == FORGIVING;
  }

  private final class Reader {

    private final String text;
    private int at;

    Reader(String text) {
      this.text = text;
    }

    Understood read() {
      List<String> targets = new ArrayList<>();
      int complete = 0;
      while (true) {
        while (text.startsWith("\r\n", at)) {
          at += 2;
        }
        String line = line();
        if (line == null) {
          return new Understood(targets, complete);
        }
        String coding = "";
        String length = "0";
        String header = line();
        for (; header != null && !header.isEmpty(); header = line()) {
          String name = name(header);
          String value = header.substring(header.indexOf(':') + 1).trim();
          if (name.equals("transfer-encoding")) {
            coding = value.toLowerCase(Locale.ROOT);
          } else if (name.equals("content-length")
              && (length.equals("0") || Dialect.this == LAST_LENGTH_WINS)) {
            length = value;
          }
        }
        if (header == null) {
          return new Understood(targets, complete);
        }
        targets.add(line);
        if (!skipBody(coding, length)) {
          return new Understood(targets, complete);
        }
        complete++;
      }
    }

    private String name(String header) {
      String name = header.substring(0, Math.max(0, header.indexOf(':')));
      if (forgives(SPACE_BEFORE_COLON_IS_TRIMMED)) {
        name = name.stripTrailing();
      }
      if (forgives(FOLDED_LINES_ARE_HEADERS)) {
        name = name.stripLeading();
      }
      return name.toLowerCase(Locale.ROOT);
    }

    private @Nullable String line() {
      for (int i = at; i < text.length(); i++) {
        char c = text.charAt(i);
        boolean crlf = c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n';
        boolean ends =
            crlf
                || (c == '\n' && forgives(LINE_FEED_ENDS_LINES))
                || (c == '\r' && Dialect.this == CARRIAGE_RETURN_ENDS_LINES);
        if (ends) {
          String line = text.substring(at, i);
          at = i + (crlf ? 2 : 1);
          return line;
        }
      }
      return null;
    }

    private boolean skipBody(String coding, String length) {
      boolean chunked =
          coding.equals("chunked")
              || (forgives(CODING_IS_CHUNKED_IF_IT_CONTAINS_IT) && coding.contains("chunked"));
      if (chunked && !(Dialect.this == LENGTH_BEATS_CODING && !length.equals("0"))) {
        return skipChunks();
      }
      return skip(number(length, 10));
    }

    private boolean skipChunks() {
      while (true) {
        String size = line();
        if (size == null) {
          return false;
        }
        long bytes = number(size, 16);
        if (bytes == 0) {
          for (String trailer = line(); trailer != null; trailer = line()) {
            if (trailer.isEmpty()) {
              return true;
            }
          }
          return false;
        }
        if (!skip(bytes) || line() == null) {
          return false;
        }
      }
    }

    private boolean skip(long bytes) {
      if (bytes > text.length() - at) {
        at = text.length();
        return false;
      }
      at += (int) bytes;
      return true;
    }

    /// The digits in front, as C's strtol reads them; more than a message can hold is as good as endless.
    private static long number(String text, int base) {
      String digits = text.strip();
      long value = 0;
      for (int i = 0; i < digits.length() && Character.digit(digits.charAt(i), base) >= 0; i++) {
        value = Math.min(value * base + Character.digit(digits.charAt(i), base), 1L << 40);
      }
      return value;
    }
  }
}
