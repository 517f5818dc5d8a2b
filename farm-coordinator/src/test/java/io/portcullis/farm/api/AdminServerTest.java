package io.portcullis.farm.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.portcullis.farm.api.AdminServer.Answer;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.identity.FarmAuthority;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.identity.Role;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The door itself, with clients that stall, drip, send too much or garble: over real TLS with certificates of a real farm authority.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AdminServerTest {
  private static final Duration LONG = Duration.ofMinutes(10);
  private static final Duration SHORT = Duration.ofMillis(500);
  private static final AdminConnection.Patience LASTING =
      new AdminConnection.Patience(LONG, LONG, LONG);

  /// More than the sockets of both sides take.
  private static final int FLOOD = 3 << 20;

  @TempDir private Path directory;
  private final List<AutoCloseable> open = new ArrayList<>();
  private FarmAuthority farm;
  private int port;

  /// Lets those go on that asked for `/v1/wait`.
  private final CountDownLatch go = new CountDownLatch(1);

  @BeforeEach
  void found() throws Exception {
    farm = FarmAuthority.open(directory.resolve("edge"), "edge", InstantSource.system());
  }

  @AfterEach
  void close() throws Exception {
    go.countDown();
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
  }

  private AdminServer serve(AdminConnection.Patience patience) throws Exception {
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

  private Answer answer(AdminRequest request) throws IOException {
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
      default -> {
        int length = request.body().readAllBytes().length;
        return Answer.ok(new Wire.ErrorResponse(request.path().getFirst(), "" + length));
      }
    }
  }

  /// One connection.
  private final class Client implements AutoCloseable {
    private final Socket plain = new Socket();
    private final SSLSocket socket;
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

  private Client known() throws Exception {
    return new Client(
        farm.identity(Role.OPERATOR, "jane", List.of(), List.of("-"))
            .sslContext(Set.of("coordinator")));
  }

  private Client stranger() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    String ca = farm.identity(Role.OPERATOR, "jane", List.of(), List.of("-")).caPem();
    store.setCertificateEntry(
        "ca",
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(ca.getBytes(StandardCharsets.US_ASCII))));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, trust.getTrustManagers(), null);
    return new Client(tls);
  }

  private void assertServes() throws Exception {
    try (Client other = stranger()) {
      assertThat(other.get("hello").heard()).startsWith("HTTP/1.1 200").contains("hello");
    }
  }

  @Test
  void whoDoesNotReadIsCutOffAndNobodyElseWaits() throws Exception {
    serve(new AdminConnection.Patience(LONG, LONG, SHORT));
    Client stuck = stranger();
    for (int i = 0; i < 20; i++) {
      stuck.get("flood");
    }
    assertServes();
    while (!isCut(stuck)) {
      assertServes();
    }
    stuck.waitForTheEnd();
    assertServes();
  }

  /// Writing into what the other side gave up fails sooner or later.
  private static boolean isCut(Client client) {
    try {
      client.get("hello");
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void theRoomOfThoseWhoDoNotReadIsGivenBack() throws Exception {
    serve(new AdminConnection.Patience(LONG, LONG, SHORT));
    for (int i = 0; i < AdminServer.MAX_EXCHANGES; i++) {
      stranger().get("flood");
    }
    Client other = stranger();
    String heard;
    do {
      heard = other.get("hello").heard();
    } while (heard.startsWith("HTTP/1.1 503"));
    assertThat(heard).startsWith("HTTP/1.1 200");
  }

  @Test
  void beyondTheRoomIsRefusedAndAnsweredAgainLater() throws Exception {
    serve(LASTING);
    List<Client> waiting = new ArrayList<>();
    for (int i = 0; i < AdminServer.MAX_EXCHANGES; i++) {
      waiting.add(stranger().get("wait"));
    }
    Client other = stranger();
    String heard;
    do { // until all of them are at work
      heard = other.get("hello").heard();
    } while (heard.startsWith("HTTP/1.1 200"));
    assertThat(heard).startsWith("HTTP/1.1 503").contains("too many requests at once");
    Client known = known();
    assertThat(known.get("hello").heard()).startsWith("HTTP/1.1 503");
    go.countDown();
    for (Client one : waiting) {
      assertThat(one.heard()).startsWith("HTTP/1.1 204");
    }
    assertThat(other.get("hello").heard()).startsWith("HTTP/1.1 200");
    assertThat(known.get("hello").heard()).startsWith("HTTP/1.1 200");
  }

  @Test
  void strangersWhoSendSlowlyHoldNoRoom() throws Exception {
    serve(LASTING);
    for (int i = 0; i < 2 * AdminServer.MAX_EXCHANGES; i++) {
      stranger().say("POST /v1/join HTTP/1.1\r\nHost: farm\r\nContent-Length: 100\r\n\r\nx");
    }
    for (int i = 0; i < 10; i++) {
      assertServes();
    }
    assertThat(known().get("hello").heard()).startsWith("HTTP/1.1 200");
  }

  @Test
  void aRequestThatDoesNotEndIsCutOff() throws Exception {
    serve(new AdminConnection.Patience(LONG, SHORT, LONG));
    Client working = stranger().get("wait");
    stranger()
        .say("POST /v1/join HTTP/1.1\r\nHost: farm\r\nContent-Length: 100\r\n\r\nx")
        .waitForTheEnd();
    go.countDown();
    assertThat(working.heard()).as("what was whole in time").startsWith("HTTP/1.1 204");
    assertServes();
  }

  @Test
  void aHeadThatDoesNotEndAndAnIdleConnectionAreCutOff() throws Exception {
    serve(new AdminConnection.Patience(SHORT, LONG, LONG));
    stranger().say("GET /v1/hel").waitForTheEnd();
    stranger().waitForTheEnd();
    Client answered = stranger();
    assertThat(answered.get("hello").heard()).startsWith("HTTP/1.1 200");
    answered.waitForTheEnd();
    Client working = stranger().get("wait");
    stranger().waitForTheEnd(); // longer than anybody may idle
    go.countDown();
    assertThat(working.heard()).startsWith("HTTP/1.1 204");
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws Exception {
    serve(LASTING);
    Client client = stranger();
    String one = "POST /v1/%s HTTP/1.1\r\nHost: farm\r\nContent-Length: 3\r\n\r\nabc";
    client.say(one.formatted("a") + one.formatted("b") + one.formatted("c"));
    assertThat(client.heard()).contains("\"a\"").contains("\"3\"");
    assertThat(client.heard()).contains("\"b\"");
    assertThat(client.heard()).contains("\"c\"");
  }

  @Test
  void aStrangerMaySendLessThanWhoIsKnown() throws Exception {
    serve(LASTING);
    assertThat(post(stranger(), AdminRequest.MAX_JOIN_BYTES)).startsWith("HTTP/1.1 200");
    Client stranger = stranger();
    assertThat(post(stranger, AdminRequest.MAX_JOIN_BYTES + 1))
        .startsWith("HTTP/1.1 413")
        .contains("larger than 64 KB");
    assertThat(stranger.get("hello").heard()).as("the next").startsWith("HTTP/1.1 200");
    assertThat(post(known(), AdminRequest.MAX_BODY_BYTES)).startsWith("HTTP/1.1 200");
    assertThat(post(known(), AdminRequest.MAX_BODY_BYTES + 1)).startsWith("HTTP/1.1 413");
  }

  private static String post(Client client, int bytes) throws IOException {
    client.say("POST /v1/hello HTTP/1.1\r\nHost: farm\r\nContent-Length: " + bytes + "\r\n\r\n");
    byte[] piece = new byte[1 << 16];
    for (int left = bytes; left > 0; left -= piece.length) {
      client.socket.getOutputStream().write(piece, 0, Math.min(left, piece.length));
    }
    return client.heard();
  }

  @Test
  void aClientThatWaitsForLeaveToSendGetsIt() throws Exception {
    serve(LASTING);
    Client client = stranger();
    client.say(
        "POST /v1/hello HTTP/1.1\r\nHost: farm\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    assertThat(client.heard()).startsWith("HTTP/1.1 100");
    assertThat(client.say("{}").heard()).startsWith("HTTP/1.1 200");
  }

  @Test
  void garbageIsToldSoAndEndsTheConnection() throws Exception {
    serve(LASTING);
    for (String garbage :
        List.of(
            "\0\1\2 garbage\r\n\r\n",
            "GET /v1/" + "x".repeat(10_000) + " HTTP/1.1\r\n\r\n",
            "GET /v1/hello HTTP/1.1\r\nA: " + "x".repeat(20_000) + "\r\n\r\n",
            "POST /v1/hello HTTP/1.1\r\nContent-Length: no\r\n\r\n",
            "POST /v1/hello HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")) {
      Client client = stranger().say(garbage);
      assertThat(client.heard()).startsWith("HTTP/1.1 400");
      client.waitForTheEnd();
    }
    Client other = stranger().say("GET /v1/%zz HTTP/1.1\r\nHost: farm\r\n\r\n");
    assertThat(other.heard()).startsWith("HTTP/1.1 404");
    assertServes();
  }

  @Test
  void whoAsksForTheEndGetsIt() throws Exception {
    serve(LASTING);
    Client client =
        stranger().say("GET /v1/hello HTTP/1.1\r\nHost: farm\r\nConnection: close\r\n\r\n");
    assertThat(client.heard()).containsIgnoringCase("connection: close");
    client.waitForTheEnd();
    Client old = stranger().say("GET /v1/hello HTTP/1.0\r\n\r\n");
    assertThat(old.heard()).startsWith("HTTP/1.1 200");
    old.waitForTheEnd();
  }

  @Test
  void aServerThatStopsWaitsForNobody() throws Exception {
    AdminServer server = serve(LASTING);
    Client stuck = stranger().get("flood");
    Client working = stranger().get("wait");
    Client idle = stranger();
    server.close();
    stuck.waitForTheEnd();
    working.waitForTheEnd();
    idle.waitForTheEnd();
    assertThatExceptionOfType(IOException.class).isThrownBy(this::stranger);
  }

  @Test
  void aTakenPortIsSaid() throws Exception {
    serve(LASTING);
    InetSocketAddress taken = new InetSocketAddress("127.0.0.1", port);
    IdentityFile other = farm.identity(Role.COORDINATOR, "c2", List.of(), List.of("-"));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> AdminServer.start(taken, other, this::answer, LASTING))
        .withMessageContaining("in use");
  }
}
