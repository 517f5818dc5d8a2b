package io.portcullis.proxy.engine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A proxy with a recording member behind it, used by one case at a time.
///
/// @param door where the proxy accepts
record Lane(InetSocketAddress door, RecordingMember member) {

  static final byte[] SENTINEL =
      "GET /sentinel HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".getBytes(ISO_8859_1);
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([2-9]\\d\\d)[ \r]");
  private static final int LONGEST_SILENCE_MILLIS = 20_000;

  /// What went where.
  ///
  /// @param heard final statuses, in order
  /// @param fromMember how many of them the member gave
  /// @param forwarded what the member got, connection by connection
  record Passage(List<Integer> heard, int fromMember, List<byte[]> forwarded) {

    int requests(Dialect dialect) {
      return forwarded.stream().mapToInt(bytes -> dialect.read(bytes).targets().size()).sum();
    }

    String statuses() {
      if (heard.isEmpty()) {
        return "-";
      }
      return String.join(" ", heard.stream().map(String::valueOf).toList());
    }
  }

  /// Sends the case and the sentinel, then listens until the proxy closes or has been silent for `quietMillis`.
  Passage pass(byte[] bytes, int quietMillis) throws IOException {
    String answers;
    try (Socket client = new Socket()) {
      client.connect(door);
      client.setTcpNoDelay(true);
      client.setSoTimeout(Math.min(quietMillis, LONGEST_SILENCE_MILLIS));
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      all.write(bytes);
      all.write(SENTINEL);
      answers = exchange(client, all.toByteArray());
    }
    List<Integer> heard = new ArrayList<>();
    for (Matcher status = STATUS.matcher(answers); status.find(); ) {
      heard.add(Integer.parseInt(status.group(1)));
    }
    int fromMember = answers.split(Pattern.quote(RecordingMember.MARK), -1).length - 1;
    return new Passage(heard, fromMember, member.take(quietMillis));
  }

  private static String exchange(Socket client, byte[] bytes) throws IOException {
    ByteArrayOutputStream answers = new ByteArrayOutputStream();
    try {
      client.getOutputStream().write(bytes);
      client.getInputStream().transferTo(answers);
    } catch (SocketTimeoutException | SocketException _) {
      // Silent, or reset: what came before it is what was heard.
    }
    return answers.toString(ISO_8859_1);
  }
}
