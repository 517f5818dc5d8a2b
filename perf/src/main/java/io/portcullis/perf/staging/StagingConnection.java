package io.portcullis.perf.staging;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// One TCP connection of a member, on a virtual thread of its own: requests in, answers out, until somebody closes.
final class StagingConnection implements Runnable {

  private static final Duration HANDSHAKE = Duration.ofSeconds(15);

  /// Longer than a node keeps an idle connection (1800 s), so that the node closes first.
  private static final Duration IDLE = Duration.ofSeconds(1900);

  private static final int OUTPUT_BUFFER_BYTES = 16 * 1024;

  private static final Duration SKEW = Duration.ofHours(1);

  private final Server server;
  private final @Nullable MemberTls identity;
  private final boolean external;
  private final long id;
  private final Socket socket;
  private final NtlmSession ntlm;

  /// @param identity null on a clear port
  StagingConnection(
      Server server, @Nullable MemberTls identity, boolean external, long id, Socket socket) {
    this.server = server;
    this.identity = identity;
    this.external = external;
    this.id = id;
    this.socket = socket;
    this.ntlm = new NtlmSession(server.behaviour().users(), server.name());
  }

  /// Peers that vanish, and handshakes that fail, end their connection and nothing else.
  @Override
  public void run() {
    try (socket) {
      socket.setTcpNoDelay(true);
      socket.setKeepAlive(true);
      if (identity == null) {
        serve(socket);
        return;
      }
      socket.setSoTimeout((int) HANDSHAKE.toMillis());
      try (SSLSocket tls = identity.accept(socket, server.faults())) {
        tls.startHandshake();
        serve(tls);
      }
    } catch (IOException e) {
      // Said nowhere: a stand-in's log would only repeat what the node under test reports.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve(Socket stream) throws IOException, InterruptedException {
    stream.setSoTimeout((int) IDLE.toMillis());
    ConnectionInput input = new ConnectionInput(stream.getInputStream());
    OutputStream output = new BufferedOutputStream(stream.getOutputStream(), OUTPUT_BUFFER_BYTES);
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
        boolean outside = external && !server.faults().has(Fault.INTERNAL_SITE);
        answer =
            Answers.to(
                new Exchange(server, outside, id, ++number, stream, request, body, ntlm, input));
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
    line(head, "Server", "Microsoft-IIS/8.5");
    line(head, "Date", date());
    line(head, "X-Staging-Member", server.name());
    line(head, "X-Staging-Connection", Long.toString(id));
    answer.headers().forEach(header -> line(head, header.name(), header.value()));
    ofVersion(head, request);
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

  /// What a version's servers add to each of their answers.
  private void ofVersion(StringBuilder head, @Nullable RawRequest request) {
    if (server.role() == ServerRole.OFFICE) {
      return;
    }
    if (server.behaviour().hasHsts() && identity != null) {
      line(head, "Strict-Transport-Security", "max-age=315360000; includeSubDomains");
    }
    boolean known = request != null && request.headerSays("Cookie", "ms-wsman=");
    if (server.behaviour().hasWsmanCookie() && !known) {
      line(
          head,
          "Set-Cookie",
          "MS-WSMAN=" + Integer.toHexString(server.name().hashCode()) + "; path=/");
    }
  }

  private String date() {
    Instant now = Instant.now();
    Instant told = server.faults().has(Fault.CLOCK_SKEW) ? now.minus(SKEW) : now;
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(told.atZone(ZoneOffset.UTC));
  }

  private static void line(StringBuilder head, String name, String value) {
    head.append("\r\n").append(name).append(": ").append(value);
  }

  private static String reason(int status) {
    return switch (status) {
      case 200 -> "OK";
      case 206 -> "Partial Content";
      case 201 -> "Created";
      case 204 -> "No Content";
      case 301 -> "Moved Permanently";
      case 302 -> "Found";
      case 304 -> "Not Modified";
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 404 -> "Not Found";
      case 409 -> "Conflict";
      case 413 -> "Content Too Large";
      case 416 -> "Range Not Satisfiable";
      case 429 -> "Too Many Requests";
      case 431 -> "Request Header Fields Too Large";
      case 503 -> "Service Unavailable";
      default -> "Status";
    };
  }
}
