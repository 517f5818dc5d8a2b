package io.portcullis.perf.staging;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// One TCP connection of a member, on a virtual thread of its own: requests in, answers out, until somebody closes.
final class StagingConnection implements Runnable {

  private static final Duration HANDSHAKE = Duration.ofSeconds(15);

  /// Longer than a node keeps an idle connection (1800 s), so that the node closes first.
  private static final Duration IDLE = Duration.ofSeconds(1900);

  private static final int OUTPUT_BUFFER_BYTES = 64 * 1024;

  private final String member;
  private final long id;
  private final Socket socket;
  private final Answers answers;

  StagingConnection(String member, long id, Socket socket, Answers answers) {
    this.member = member;
    this.id = id;
    this.socket = socket;
    this.answers = answers;
  }

  /// Peers that vanish, and handshakes that fail, end their connection and nothing else.
  @Override
  public void run() {
    try (socket) {
      socket.setTcpNoDelay(true);
      socket.setKeepAlive(true);
      if (socket instanceof SSLSocket tls) {
        socket.setSoTimeout((int) HANDSHAKE.toMillis());
        tls.startHandshake();
      }
      socket.setSoTimeout((int) IDLE.toMillis());
      serve(
          new ConnectionInput(socket.getInputStream()),
          new BufferedOutputStream(socket.getOutputStream(), OUTPUT_BUFFER_BYTES));
    } catch (IOException e) {
      // Said nowhere: a stand-in's log would only repeat what the node under test reports.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve(ConnectionInput input, OutputStream output)
      throws IOException, InterruptedException {
    long number = 0;
    boolean open = true;
    while (open) {
      RawRequest request = null;
      Answer answer;
      try {
        byte[] head = input.readHead();
        if (head == null) {
          return;
        }
        request = RawRequest.parse(head);
        RequestBody body = RequestBody.of(request, input, output);
        answer = answers.to(new Exchange(member, id, ++number, socket, request, body));
      } catch (MalformedRequest e) {
        answer = Answer.text(e.status(), e.getMessage() + "\n").closing();
      }
      open = request != null && request.keepsAlive() && !answer.close();
      write(request, answer, open, output);
    }
  }

  private void write(
      @Nullable RawRequest request, Answer answer, boolean keepOpen, OutputStream output)
      throws IOException {
    StringBuilder head = new StringBuilder(512);
    head.append("HTTP/1.1 ").append(answer.status()).append(' ').append(reason(answer.status()));
    line(head, "X-Staging-Member", member);
    line(head, "X-Staging-Connection", Long.toString(id));
    answer.headers().forEach(header -> line(head, header.name(), header.value()));
    if (answer.hasBody()) {
      line(head, "Content-Type", answer.contentType());
      line(head, "Content-Length", Long.toString(answer.length()));
    }
    if (!keepOpen) {
      line(head, "Connection", "close");
    } else if (request != null && request.line().toUpperCase(Locale.ROOT).endsWith("HTTP/1.0")) {
      line(head, "Connection", "keep-alive");
    }
    head.append("\r\n\r\n");
    output.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
    boolean headOnly = request != null && request.method().equals("HEAD");
    if (answer.hasBody() && !headOnly) {
      answer.content().writeTo(output);
    }
    output.flush();
  }

  private static void line(StringBuilder head, String name, String value) {
    head.append("\r\n").append(name).append(": ").append(value);
  }

  private static String reason(int status) {
    return switch (status) {
      case 200 -> "OK";
      case 206 -> "Partial Content";
      case 304 -> "Not Modified";
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 404 -> "Not Found";
      case 416 -> "Range Not Satisfiable";
      case 431 -> "Request Header Fields Too Large";
      case 503 -> "Service Unavailable";
      default -> "Status";
    };
  }
}
