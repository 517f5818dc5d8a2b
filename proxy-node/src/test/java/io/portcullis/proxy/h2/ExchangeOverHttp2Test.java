package io.portcullis.proxy.h2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Headers;
import io.portcullis.proxy.Eventually;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Whole exchanges: HTTP/2 in front, HTTP/1.1 behind, with `curl`, the JDK's client and raw frames.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExchangeOverHttp2Test {

  /// Each takes a connection to the member; this machine's handshakes are counted in the hundreds a second.
  private static final int STREAMS = 40;

  private static final int MEGABYTE = 1024 * 1024;

  @TempDir private Path directory = Path.of("");

  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final CountDownLatch never = new CountDownLatch(1);
  private Http2Farm farm;

  @BeforeAll
  void begin() throws Exception {
    answers.put("/hello", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    answers.put(
        "/headers",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-MiXed: Case\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\n\r\n");
    answers.put(
        "/chunked",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nX-Trailer: 1\r\n\r\n");
    answers.put("/close", "HTTP/1.1 200 OK\r\n\r\nuntil the end\0");
    answers.put("/cut", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello\0");
    answers.put(
        "/early",
        "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    answers.put("/none", "HTTP/1.1 204 No Content\r\n\r\n");
    answers.put("/cached", "HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\n\r\n");
    answers.put(
        "/ntlm",
        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\nContent-Length: 2\r\n\r\nno");
    answers.put(
        "/large",
        "HTTP/1.1 200 OK\r\nContent-Length: "
            + 4 * MEGABYTE
            + "\r\n\r\n"
            + "x".repeat(4 * MEGABYTE));
    farm = new Http2Farm(this::answer);
  }

  private String answer(String request) {
    String path = request.split(" ", 3)[1];
    if (request.startsWith("POST /refused")) {
      return answers.getOrDefault("POST /refused", "");
    }
    if (path.equals("/never")) {
      await();
    }
    if (path.equals("/length")) {
      String length = Integer.toString(request.length() - request.indexOf("\r\n\r\n") - 4);
      return "HTTP/1.1 200 OK\r\nContent-Length: " + length.length() + "\r\n\r\n" + length;
    }
    return answers.getOrDefault(path, Http2Farm.hello(request));
  }

  private void await() {
    try {
      never.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @AfterAll
  void end() throws Exception {
    never.countDown();
    farm.close();
  }

  private String lastRequest(String path) {
    return farm.member.requests.stream()
        .filter(request -> request.split(" ", 3)[1].equals(path))
        .reduce((_, last) -> last)
        .orElse("");
  }

  private String outcome(String path) throws Exception {
    try (Http2Client client = farm.client()) {
      return client.request(1, true, Http2Farm.get(path)).outcome(1);
    }
  }

  @Test
  void requestArrivesAsOneOfHttp1() throws Exception {
    List<String> lines = new ArrayList<>(Http2Farm.get("/as-one?a=%2e%2E&b=<>"));
    lines.addAll(List.of("cookie: a=1", "x-first: 1", "cookie: b=2", "te: trailers"));
    try (Http2Client client = farm.client()) {
      client.request(1, true, lines);
      assertThat(client.outcome(1)).isEqualTo("200 hello");
    }
    assertThat(lastRequest("/as-one?a=%2e%2E&b=<>"))
        .isEqualTo(
            "GET /as-one?a=%2e%2E&b=<> HTTP/1.1\r\nHost: web.contoso.com\r\nx-first: 1\r\ncookie: a=1; b=2\r\n\r\n");
  }

  @Test
  void bodiesArriveWithALengthOrInChunks() throws Exception {
    try (Http2Client client = farm.client()) {
      List<String> lines = new ArrayList<>(Http2Farm.get("/chunks"));
      lines.set(0, ":method: POST");
      client.request(1, false, lines);
      client.data(1, false, "hello".getBytes(ISO_8859_1));
      client.data(1, false, new byte[0]);
      client.data(1, false, " world".getBytes(ISO_8859_1));
      client.request(1, true, List.of("x-trailer: 1"));
      assertThat(client.outcome(1)).isEqualTo("200 hello");
      assertThat(lastRequest("/chunks"))
          .contains("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");

      lines.set(3, ":path: /counted");
      lines.add("content-length: 11");
      client.request(3, false, lines);
      client.data(3, false, "hello".getBytes(ISO_8859_1));
      client.data(3, true, " world".getBytes(ISO_8859_1));
      assertThat(client.outcome(3)).isEqualTo("200 hello");
      assertThat(lastRequest("/counted")).endsWith("content-length: 11\r\n\r\nhello world");

      lines.set(3, ":path: /empty");
      lines.remove("content-length: 11");
      client.request(5, true, lines);
      assertThat(client.outcome(5)).isEqualTo("200 hello");
      assertThat(lastRequest("/empty")).endsWith("Content-Length: 0\r\n\r\n");
    }
  }

  @Test
  void responseHeadersAreLowerCaseAndTheHopsOwnStayBehind() throws Exception {
    try (Http2Client client = farm.client()) {
      client.request(1, true, Http2Farm.get("/headers"));
      Http2Client.Frame frame = client.nextOfInterest();
      Http2Headers headers = client.decode(frame);
      assertThat(headers.get("x-mixed")).hasToString("Case");
      assertThat(headers.getAll("set-cookie")).hasToString("[a=1, b=2]");
      assertThat(headers.names().stream().map(CharSequence::toString).toList())
          .containsExactlyInAnyOrder(":status", "content-length", "x-mixed", "set-cookie");
      assertThat(frame.flags() & Http2Client.END_STREAM).isEqualTo(1);
    }
  }

  @Test
  void bodiesAreReadHoweverTheMemberFramesThem() throws Exception {
    assertThat(outcome("/chunked")).isEqualTo("200 hello world");
    assertThat(outcome("/close")).isEqualTo("200 until the end");
    assertThat(outcome("/none")).isEqualTo("204");
    assertThat(outcome("/cached")).isEqualTo("304");
    assertThat(outcome("/early")).isEqualTo("103200 ok");
  }

  @Test
  void aBodyThatIsCutEndsInAReset() throws Exception {
    assertThat(outcome("/cut")).isEqualTo("reset 2");
  }

  @Test
  void anAuthenticationOfConnectionsIsSentBackToHttp1() throws Exception {
    assertThat(outcome("/ntlm")).isEqualTo("reset 13");
  }

  @Test
  void aSmallWindowIsKept() throws Exception {
    try (Http2Client client =
        new Http2Client(farm.node.address(), farm.trust(), Http2Farm.NAME, "h2")) {
      client.greet();
      client.frame(Http2Client.SETTINGS, 0, 0, 0, 4, 0, 0, 0, 10);
      client.request(1, true, Http2Farm.get("/large"));
      int received = 0;
      while (received < 100) {
        Http2Client.Frame frame = client.nextOfInterest();
        if (frame.type() == Http2Client.DATA) {
          assertThat(frame.payload()).hasSizeLessThanOrEqualTo(10);
          received += frame.payload().length;
          client.frame(
              Http2Client.WINDOW_UPDATE, 0, 1, 0, 0, 0, Math.max(1, frame.payload().length));
        }
      }
    }
  }

  @Test
  void aClientThatTakesBackItsRequestFreesTheMember() throws Exception {
    try (Http2Client client = farm.client()) {
      client.request(1, true, Http2Farm.get("/never"));
      Eventually.eventually("it has arrived", () -> !lastRequest("/never").isEmpty());
      client.frame(Http2Client.RST_STREAM, 0, 1, 0, 0, 0, 8);
      client.request(3, true, Http2Farm.get("/hello"));
      assertThat(client.outcome(3)).isEqualTo("200 hello");
      Eventually.eventually(
          "it is counted",
          () -> farm.node.counters.failures(io.portcullis.proxy.message.Failure.CLIENT_GONE) > 0);
    }
  }

  @Test
  void anUploadThatNobodyReadsIsGivenUpWithoutAnError() throws Exception {
    List<String> lines = new ArrayList<>(Http2Farm.get("/refused"));
    lines.set(0, ":method: POST");
    lines.add("content-length: 100000000");
    answers.put(
        "POST /refused",
        "HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno\0");
    try (Http2Client client = farm.client()) {
      client.request(1, false, lines);
      assertThat(client.outcome(1)).isEqualTo("413 no");
      assertThat(client.outcome(1)).isEqualTo("reset 0");
    }
  }

  @Test
  void namesWithoutHttp2SpeakHttp1() throws Exception {
    try (Http2Client client =
        new Http2Client(farm.node.address(), farm.trust(), Http2Farm.LYNC, "h2", "http/1.1")) {
      assertThat(client.protocol()).isEqualTo("http/1.1");
    }
    try (Http2Client client =
        new Http2Client(farm.node.address(), farm.trust(), Http2Farm.NAME, "h2", "http/1.1")) {
      assertThat(client.protocol()).isEqualTo("h2");
    }
  }

  private String curl(String... more) throws IOException, InterruptedException {
    Path ca = Files.writeString(directory.resolve("ca.pem"), farm.authority.certificate());
    int port = farm.node.address().getPort();
    List<String> command =
        new ArrayList<>(
            List.of(
                "curl",
                "-sS",
                "--max-time",
                "60",
                "--noproxy",
                "*",
                "--cacert",
                ca.toString(),
                "-w",
                " %{http_version} %{http_code}",
                "--resolve",
                Http2Farm.NAME + ":" + port + ":127.0.0.1",
                "--resolve",
                Http2Farm.LYNC + ":" + port + ":127.0.0.1"));
    Arrays.stream(more)
        .map(word -> word.replace("PORT", Integer.toString(port)))
        .forEach(command::add);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    int _ = process.waitFor();
    return said;
  }

  @Test
  void curlSpeaksIt() throws Exception {
    assertThat(curl("--http2", "https://web.contoso.com:PORT/hello")).isEqualTo("hello 2 200");
    assertThat(curl("--http1.1", "https://web.contoso.com:PORT/hello")).isEqualTo("hello 1.1 200");
    assertThat(curl("--http2", "https://lync.contoso.com:PORT/hello")).isEqualTo("hello 1.1 200");
    assertThat(curl("--http2", "-I", "-o", "/dev/null", "https://web.contoso.com:PORT/hello"))
        .isEqualTo(" 2 200");
    assertThat(curl("--http2", "-o", directory + "/large", "https://web.contoso.com:PORT/large"))
        .isEqualTo(" 2 200");
    assertThat(Files.size(directory.resolve("large"))).isEqualTo(4 * MEGABYTE);
    Path upload = Files.write(directory.resolve("upload"), new byte[3 * MEGABYTE]);
    assertThat(
            curl("--http2", "--data-binary", "@" + upload, "https://web.contoso.com:PORT/length"))
        .isEqualTo(3 * MEGABYTE + " 2 200");
  }

  @Test
  void theJdksClientRunsManyStreamsAtOnce() throws Exception {
    try (HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_2)
            .sslContext(farm.trust())
            .connectTimeout(Duration.ofSeconds(30))
            .build()) {
      // The JDK resolves no made-up names, and sends no server name for an address.
      HttpRequest request =
          HttpRequest.newBuilder(
                  URI.create("https://localhost:" + farm.node.address().getPort() + "/hello"))
              .build();
      List<CompletableFuture<String>> all = new ArrayList<>();
      for (int i = 0; i < STREAMS; i++) {
        all.add(
            client
                .sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .thenApply(response -> response.version() + " " + response.statusCode()));
      }
      assertThat(all.stream().map(CompletableFuture::join).collect(Collectors.toSet()))
          .containsExactly("HTTP_2 200");
    }
  }

  @Test
  void aNodeThatStopsSaysGoodbyeAndFinishes() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    Http2Farm other =
        new Http2Farm(request -> {
          try {
            go.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return Http2Farm.hello(request);
        });
    try (RecordingMember _ = other.member;
        Http2Client client = other.client()) {
      client.request(1, true, Http2Farm.get("/"));
      Eventually.eventually("it has arrived", () -> !other.member.requests.isEmpty());
      Thread stop =
          Thread.ofVirtual().start(() -> other.node.listeners.stop(Duration.ofSeconds(20)));
      assertThat(client.nextOfInterest().type()).isEqualTo(Http2Client.GOAWAY);
      go.countDown();
      assertThat(client.outcome(1)).isEqualTo("200 hello");
      stop.join();
    }
  }
}
