package io.portcullis.proxy.h2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;

/// A member of HTTP/1.1 that keeps every request byte for byte, as a server that trusts its framing would read it.
final class RecordingMember implements Closeable {

  private static final Pattern LENGTH = Pattern.compile("(?im)^content-length: *(\\d+)");

  final List<String> requests = new CopyOnWriteArrayList<>();
  final AtomicInteger answered = new AtomicInteger();
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final ServerSocket door;
  private final UnaryOperator<String> answers;

  /// @param answers from a whole request to a whole response; a null byte at its end closes the connection
  RecordingMember(SSLContext tls, UnaryOperator<String> answers) throws IOException {
    this.answers = answers;
    door = tls.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return door.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = door.accept();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException _) {
      // Closed.
    }
  }

  private void serve(Socket socket) {
    try (socket;
        InputStream in = new BufferedInputStream(socket.getInputStream())) {
      while (true) {
        String request = read(in);
        requests.add(request);
        String answer = answers.apply(request);
        boolean closes = answer.endsWith("\0");
        socket
            .getOutputStream()
            .write(
                (closes ? answer.substring(0, answer.length() - 1) : answer).getBytes(ISO_8859_1));
        socket.getOutputStream().flush();
        answered.incrementAndGet();
        if (closes) {
          return;
        }
      }
    } catch (IOException _) {
      // The proxy closed.
    }
  }

  private static String read(InputStream in) throws IOException {
    StringBuilder text = new StringBuilder(until(in, "\r\n\r\n"));
    Matcher length = LENGTH.matcher(text);
    if (text.toString().contains("Transfer-Encoding: chunked")) {
      text.append(until(in, "0\r\n\r\n"));
    } else if (length.find() && !text.toString().startsWith("POST /refused")) {
      text.append(new String(in.readNBytes(Integer.parseInt(length.group(1))), ISO_8859_1));
    }
    return text.toString();
  }

  private static String until(InputStream in, String end) throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.length() < end.length()
        || !text.substring(text.length() - end.length()).equals(end)) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("closed");
      }
      text.append((char) b);
    }
    return text.toString();
  }

  @Override
  public void close() throws IOException {
    door.close();
    for (Socket socket : open) {
      cut(socket);
    }
  }

  /// Closing waits for the other side's last word; a node that has stopped has none.
  private static void cut(Socket socket) throws IOException {
    try {
      socket.setSoTimeout(1);
    } catch (SocketException _) {
      // Closed a moment ago.
    }
    socket.close();
  }
}
