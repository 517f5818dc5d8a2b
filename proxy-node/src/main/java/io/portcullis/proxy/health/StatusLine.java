package io.portcullis.proxy.health;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The first line of a response (RFC 9112 §4), all that a check wants to know.
final class StatusLine {

  /// A status line is short; a peer that sends more without a line end does not speak HTTP.
  private static final int MAX_BYTES = 1024;

  private static final Pattern FORM = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9][0-9])(?: .*)?");

  private StatusLine() {}

  static int read(Conversation conversation) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (line.size() < MAX_BYTES) {
      byte[] chunk = conversation.receive();
      if (chunk.length == 0) {
        throw new IOException("the connection was closed without an answer");
      }
      line.writeBytes(chunk);
      String text = line.toString(ISO_8859_1);
      int end = text.indexOf("\r\n");
      if (end >= 0) {
        return status(text.substring(0, end));
      }
    }
    throw new IOException("the answer is not HTTP");
  }

  private static int status(String line) throws IOException {
    Matcher form = FORM.matcher(line);
    if (!form.matches()) {
      throw new IOException("the answer is not HTTP/1.1");
    }
    return Integer.parseInt(form.group(1));
  }
}
