package io.portcullis.perf.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.perf.staging.StagingPool;
import io.portcullis.proxy.ProxyNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// As many UCWA event requests at once through one node as its descriptors allow, two for each: 9,850 where a process may have
/// 20,000. Client, node and member are processes of their own, and speak in clear: what is looked at is waiting, not TLS.
///
/// `HeldRequestsTest` holds fewer, over TLS. What was measured stands in perf/DESIGN.md.
final class HeldThousandsTest {
  private static final int WANTED = 10_000;

  /// Descriptors that a node keeps for itself (256, for logs, listeners, ZooKeeper), and what asks beside the held ones.
  private static final int OTHERS = 300;

  /// Held before memory is looked at, so that what every process has once is not counted.
  private static final int WARM = 500;

  private static final int BATCH = 100;

  /// Below the 100 requests that UCWA allows a user.
  private static final int PER_USER = 80;

  private static final Pattern HTTP = Pattern.compile(" http=\\S*?127\\.0\\.0\\.1:(\\d+)");
  private static final Pattern CONTROL = Pattern.compile("http://(127\\.0\\.0\\.1:\\d+)/faults");
  private static final Pattern LISTENER =
      Pattern.compile("listening http \\S*127\\.0\\.0\\.1:(\\d+)");
  private static final Pattern COUNTS = Pattern.compile("pending=(\\d+) abandoned=(\\d+)");

  @TempDir private Path directory = Path.of("");

  private final HttpClient asking = HttpClient.newHttpClient();
  private Process staging;
  private Process node;
  private String control = "";
  private int port;

  @BeforeEach
  void start() throws Exception {
    staging =
        java(
            "-Xmx2g",
            StagingPool.class.getName(),
            "--dir",
            directory.resolve("pool").toString(),
            "--member",
            "fe1.contoso.local=0:0",
            "--pending",
            "20000",
            "--control",
            "0");
    BufferedReader lines = staging.inputReader();
    int member = Integer.parseInt(await(lines, HTTP));
    control = await(lines, CONTROL);
    Path document =
        Files.writeString(
            directory.resolve("farm.yaml"),
            """
            farm: held
            listeners:
              - {name: http, bind: "127.0.0.1:0"}
            pools:
              - name: pool01
                members: [{host: fe1.contoso.local, address: 127.0.0.1}]
                bridging: {http: %d}
            rules:
              - {name: web, listener: http, publicNames: [webext01.contoso.com], pool: pool01}
            """
                .formatted(member));
    node =
        java(
            "-Xmx512m",
            ProxyNode.class.getName(),
            "run",
            "--file",
            document.toString(),
            "--drain-seconds",
            "1");
    BufferedReader said = node.inputReader();
    port = Integer.parseInt(await(said, LISTENER));
    Thread.ofVirtual().start(() -> said.lines().forEach(_ -> {}));
  }

  private static Process java(String heap, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                heap,
                "-cp",
                System.getProperty("java.class.path")));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private static String await(BufferedReader lines, Pattern wanted) throws IOException {
    StringBuilder seen = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      seen.append(line).append('\n');
      Matcher found = wanted.matcher(line);
      if (found.find()) {
        return found.group(1);
      }
    }
    throw new IOException("ended: " + seen);
  }

  @AfterEach
  void stop() throws Exception {
    for (Process process : List.of(node, staging)) {
      process.destroy();
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
    asking.close();
  }

  private static int most() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
      if (line.startsWith("Max open files")) {
        String hard = line.trim().split("\\s{2,}")[2];
        return hard.equals("unlimited")
            ? WANTED
            : Math.min(WANTED, (Integer.parseInt(hard) - OTHERS) / 2);
      }
    }
    throw new IOException("/proc/self/limits says nothing of files");
  }

  private record Poll(String application, String token, SocketChannel channel) {}

  /// Held and abandoned, as the member counts them.
  private record Counts(int pending, int abandoned) {}

  private Counts counts() throws Exception {
    String text =
        asking
            .send(
                HttpRequest.newBuilder(URI.create("http://" + control + "/status")).build(),
                HttpResponse.BodyHandlers.ofString())
            .body();
    Matcher counts = COUNTS.matcher(text);
    assertThat(counts.find()).as(text).isTrue();
    return new Counts(Integer.parseInt(counts.group(1)), Integer.parseInt(counts.group(2)));
  }

  @Test
  void thousandsOfHeldRequestsWaitAndEachIsAnsweredOrItsAbortReachesTheMember() throws Exception {
    int most = most();
    List<Poll> polls = new ArrayList<>();
    try (Kept kept = new Kept(port)) {
      String token = "";
      long warm = 0;
      while (polls.size() < most) {
        if (polls.size() % PER_USER == 0) {
          token = kept.guest();
        }
        polls.add(hold(kept.application(token), token));
        if (polls.size() % BATCH == 0 || polls.size() == most) {
          eventually(() -> counts().pending() == polls.size());
        }
        if (polls.size() == WARM) {
          warm = residentKilobytes();
        }
      }
      double each = (residentKilobytes() - warm) / (double) (most - WARM);
      long heardFirst = abort(polls.subList(0, 1), 1);
      long heardAll = abort(polls.subList(1, most / 2), most / 2);
      List<Poll> staying = polls.subList(most / 2, most);
      answer(kept, staying);
      eventually(() -> counts().pending() == 0);
      assertThat(counts().abandoned()).isEqualTo(most / 2);
      System.out.printf(
          "%d held: %.1f KB each in the node; one abort heard by the member after %d ms, %d after %d ms%n",
          most, each, heardFirst, most / 2 - 1, heardAll);
    }
  }

  private Poll hold(String application, String token) throws IOException {
    SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
    channel.write(
        ByteBuffer.wrap(
            Kept.request("GET", application + "/events?ack=1&timeout=1800", token, "")));
    return new Poll(application, token, channel);
  }

  /// @return milliseconds until the member had heard of all
  private long abort(List<Poll> leaving, int heard) throws Exception {
    long start = System.nanoTime();
    for (Poll poll : leaving) {
      poll.channel().close();
    }
    eventually(() -> counts().abandoned() == heard);
    return Duration.ofNanos(System.nanoTime() - start).toMillis();
  }

  private static void answer(Kept kept, List<Poll> staying) throws IOException {
    for (Poll poll : staying) {
      assertThat(kept.ask("POST", poll.application() + "/me/note", poll.token(), "{}"))
          .startsWith("HTTP/1.1 200");
    }
    ByteBuffer buffer = ByteBuffer.allocate(4096);
    for (Poll poll : staying) {
      String answer = "";
      while (!answer.contains("\"sender\"")) {
        assertThat(poll.channel().read(buffer)).as(answer).isPositive();
        answer = new String(buffer.array(), 0, buffer.position(), StandardCharsets.ISO_8859_1);
      }
      assertThat(answer).startsWith("HTTP/1.1 200");
      buffer.clear();
      poll.channel().close();
    }
  }

  private long residentKilobytes() throws IOException {
    try (var lines = Files.lines(Path.of("/proc/" + node.pid() + "/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .map(line -> line.replaceAll("[^0-9]", ""))
          .mapToLong(Long::parseLong)
          .findFirst()
          .orElseThrow();
    }
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void eventually(Condition condition) throws Exception {
    long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as("still waiting").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  /// A connection on which one request follows the other.
  private static final class Kept implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader in;

    Kept(int port) throws IOException {
      socket = new Socket("127.0.0.1", port);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(60_000);
      in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    }

    static byte[] request(String method, String path, String token, String body) {
      String length = method.equals("GET") ? "" : "Content-Length: " + body.length() + "\r\n";
      return "%s %s HTTP/1.1\r\nHost: webext01.contoso.com\r\nAuthorization: Bearer %s\r\n%s\r\n%s"
          .formatted(method, path, token, length, body)
          .getBytes(StandardCharsets.US_ASCII);
    }

    String ask(String method, String path, String token, String body) throws IOException {
      socket.getOutputStream().write(request(method, path, token, body));
      StringBuilder text = new StringBuilder();
      int length = 0;
      for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
        text.append(line).append('\n');
        if (line.startsWith("Content-Length: ")) {
          length = Integer.parseInt(line.substring(16));
        }
      }
      char[] content = new char[length];
      for (int at = 0; at < length; ) {
        at += in.read(content, at, length - at);
      }
      return text.append(content).toString();
    }

    /// A token of a guest; every guest is a user of their own.
    String guest() throws IOException {
      return first(
          "\"access_token\":\"([^\"]+)\"",
          ask("POST", "/WebTicket/oauthtoken", "none", "grant_type=urn:microsoft.rtc:anonmeeting"));
    }

    String application(String token) throws IOException {
      return first("Location: (\\S+)", ask("POST", "/ucwa/oauth/v1/applications", token, "{}"));
    }

    private static String first(String pattern, String text) {
      Matcher matcher = Pattern.compile(pattern).matcher(text);
      assertThat(matcher.find()).as(text).isTrue();
      return matcher.group(1);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
