package io.portcullis.proxy.engine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.Locale;

/// One end of a connection, byte by byte; strings are ISO 8859-1, so that every byte is one character.
final class Wire implements Closeable {

  private static final int PATIENCE_MILLIS = 20_000;

  private final Socket socket;
  private final InputStream in;

  Wire(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
  }

  /// @param head with its empty line
  record Message(String head, String body) {
    String firstLine() {
      return head.substring(0, head.indexOf("\r\n"));
    }

    int status() {
      return Integer.parseInt(head.substring(9, 12));
    }

    boolean has(String line) {
      return head.toLowerCase(Locale.ROOT)
          .contains("\r\n" + line.toLowerCase(Locale.ROOT) + "\r\n");
    }

    boolean names(String header) {
      return head.toLowerCase(Locale.ROOT).contains("\r\n" + header.toLowerCase(Locale.ROOT) + ":");
    }
  }

  int localPort() {
    return socket.getLocalPort();
  }

  Wire send(String text) throws IOException {
    return send(text.getBytes(ISO_8859_1));
  }

  Wire send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  String readHead() throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
      int b = in.read();
      if (b < 0) {
        throw new EOFException("closed after: " + head);
      }
      head.append((char) b);
    }
    return head.toString();
  }

  String readBytes(int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("closed after " + bytes.length + " of " + count);
    }
    return new String(bytes, ISO_8859_1);
  }

  /// A request or response whose body is framed; raw, chunks and all.
  Message read() throws IOException {
    String head = readHead();
    return new Message(head, readBody(head));
  }

  Message readHeadOnly() throws IOException {
    return new Message(readHead(), "");
  }

  String readBody(String head) throws IOException {
    String lower = head.toLowerCase(Locale.ROOT);
    if (lower.contains("\r\ntransfer-encoding: chunked\r\n")) {
      return readChunks();
    }
    int at = lower.indexOf("\r\ncontent-length:");
    if (at < 0) {
      return "";
    }
    int from = at + "\r\ncontent-length:".length();
    return readBytes(Integer.parseInt(head.substring(from, head.indexOf("\r\n", from)).trim()));
  }

  private String readChunks() throws IOException {
    StringBuilder all = new StringBuilder();
    while (true) {
      String line = readLine();
      all.append(line);
      int size = Integer.parseInt(line.trim().split(";")[0], 16);
      if (size == 0) {
        for (String trailer = readLine(); ; trailer = readLine()) {
          all.append(trailer);
          if (trailer.equals("\r\n")) {
            return all.toString();
          }
        }
      }
      all.append(readBytes(size + 2));
    }
  }

  private String readLine() throws IOException {
    StringBuilder line = new StringBuilder();
    while (line.length() < 2 || !line.substring(line.length() - 2).equals("\r\n")) {
      line.append(readBytes(1));
    }
    return line.toString();
  }

  /// Everything until the other end closes; a reset counts as a close.
  String readToEnd() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      in.transferTo(all);
    } catch (java.net.SocketException _) {
      // Reset: what came before it is the answer.
    }
    return all.toString(ISO_8859_1);
  }

  boolean isClosedByPeer() throws IOException {
    try {
      return in.read() < 0;
    } catch (java.net.SocketException _) {
      return true;
    }
  }

  /// How many bytes can be read at once without waiting.
  int available() throws IOException {
    return in.available();
  }

  Socket socket() {
    return socket;
  }

  InputStream in() {
    return in;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
