package io.portcullis.farm.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.api.AdminServer.Answer;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.identity.FarmAuthority;
import io.portcullis.farm.identity.Role;
import io.portcullis.farm.identity.Strangers;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// The admin API's door with a few routes of its own behind it, and clients that need not behave: over real TLS with certificates of a real
/// farm authority.
abstract class AdminDoor {
  static final Duration LONG = Duration.ofMinutes(10);
  static final Duration SHORT = Duration.ofMillis(500);
  static final AdminConnection.Patience LASTING = new AdminConnection.Patience(LONG, LONG, LONG);

  /// More than the sockets of both sides take.
  private static final int FLOOD = 3 << 20;

  @TempDir Path directory;
  final List<AutoCloseable> open = new ArrayList<>();
  FarmAuthority farm;
  private SSLContext nobody;
  int port;

  /// Lets those go on that asked for `/v1/wait`.
  final CountDownLatch go = new CountDownLatch(1);

  @BeforeEach
  void found() throws Exception {
    farm = FarmAuthority.open(directory.resolve("edge"), "edge", InstantSource.system());
    nobody = Strangers.trusting(farm.identity(Role.OPERATOR, "jane", List.of(), List.of("-")));
  }

  @AfterEach
  void close() throws Exception {
    go.countDown();
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
  }

  AdminServer serve(AdminConnection.Patience patience) throws Exception {
    AdminServer server =
        AdminServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            farm.identity(Role.COORDINATOR, "c1", List.of(), List.of("-")),
            this::answer,
            patience);
    open.add(server);
    port = server.port();
    return server;
  }

  Answer answer(AdminRequest request) throws IOException {
    switch (request.path().getFirst()) {
      case "flood" -> {
        return Answer.ok(new Wire.ErrorResponse("x".repeat(FLOOD), ""));
      }
      case "wait" -> {
        try {
          go.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        return Answer.DONE;
      }
      case "fail" -> throw new AssertionError("on purpose");
      default -> {
        int length = request.body().readAllBytes().length;
        return Answer.ok(new Wire.ErrorResponse(request.path().getFirst(), "" + length));
      }
    }
  }

  /// One connection.
  final class Client implements AutoCloseable {
    private final Socket plain = new Socket();
    final SSLSocket socket;
    private final InputStream in;

    Client(SSLContext tls) throws IOException {
      plain.setReceiveBufferSize(4096);
      plain.connect(new InetSocketAddress("127.0.0.1", port));
      socket = (SSLSocket) tls.getSocketFactory().createSocket(plain, "127.0.0.1", port, true);
      socket.setSoTimeout(30_000);
      socket.startHandshake();
      in = socket.getInputStream();
      open.add(this);
    }

    Client say(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
      return this;
    }

    Client get(String path) throws IOException {
      return say("GET /v1/" + path + " HTTP/1.1\r\nHost: farm\r\n\r\n");
    }

    void send(int bytes) throws IOException {
      byte[] piece = new byte[1 << 16];
      for (int left = bytes; left > 0; left -= piece.length) {
        socket.getOutputStream().write(piece, 0, Math.min(left, piece.length));
      }
    }

    /// @return head and body of the next answer
    String heard() throws IOException {
      StringBuilder text = new StringBuilder();
      while (text.indexOf("\r\n\r\n") < 0) {
        text.append(letter());
      }
      String head = text.toString().toLowerCase(Locale.ROOT);
      int at = head.indexOf("content-length: ");
      int length = at < 0 ? 0 : Integer.parseInt(head.substring(at + 16, head.indexOf('\r', at)));
      return text + new String(in.readNBytes(length), StandardCharsets.US_ASCII);
    }

    private char letter() throws IOException {
      int letter = in.read();
      if (letter < 0) {
        throw new IOException("the connection ended");
      }
      return (char) letter;
    }

    /// Reads whatever still comes, to the end that the server made.
    void waitForTheEnd() {
      try {
        in.skip(Long.MAX_VALUE);
        assertThat(in.read()).isEqualTo(-1);
      } catch (SocketTimeoutException e) {
        throw new AssertionError("the server keeps the connection", e);
      } catch (IOException e) {
        // Reset, or cut off in a record: ended.
      }
    }

    @Override
    public void close() throws IOException {
      plain.close(); // without a farewell, which nobody may be there to take
    }
  }

  Client known() throws Exception {
    return known(Role.OPERATOR, "jane");
  }

  Client known(Role role, String id) throws Exception {
    return new Client(context(role, id));
  }

  /// Of one identity, for any number of clients.
  SSLContext context(Role role, String id) throws Exception {
    return farm.identity(role, id, List.of(), List.of("-")).sslContext(Set.of("coordinator"));
  }

  /// Has no certificate.
  Client stranger() throws Exception {
    return new Client(nobody);
  }

  static String large(int bytes) {
    return "POST /v1/hello HTTP/1.1\r\nHost: farm\r\nContent-Length: " + bytes + "\r\n\r\n";
  }

  static String post(Client client, int bytes) throws IOException {
    client.say(large(bytes)).send(bytes);
    return client.heard();
  }

  void assertServes() throws Exception {
    try (Client other = stranger()) {
      assertThat(other.get("hello").heard()).startsWith("HTTP/1.1 200").contains("hello");
    }
  }
}
