package io.portcullis.proxy.engine;

import static io.portcullis.proxy.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portcullis.farm.server.FreePort;
import io.portcullis.proxy.observe.AccessLog;
import io.portcullis.proxy.persistence.LocalBindings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the log says of what really happened, whatever happened.
@SuppressWarnings("StringConcatToTextBlock") // line ends are the subject
class AccessLogTest {

  private static final String SECRET = "hunter2";

  private final Path file;

  AccessLogTest(@TempDir Path directory) {
    file = directory.resolve("log").resolve("access.log");
  }

  private AccessLog log(boolean w3c) throws IOException {
    return AccessLog.open(new AccessLog.Settings(file, w3c, 1 << 20, 2), () -> "node-1");
  }

  private List<JsonNode> lines(int count) throws IOException {
    eventually(count + " lines", () -> content().lines().count() >= count);
    ObjectMapper mapper = new ObjectMapper();
    List<JsonNode> lines = new ArrayList<>();
    for (String line : content().lines().toList()) {
      lines.add(mapper.readTree(line));
    }
    return lines;
  }

  private String content() {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(JsonNode line, String key) {
    return line.path(key).asText();
  }

  private static String header(Wire.Message answer, String name) {
    return answer
        .head()
        .lines()
        .filter(line -> line.startsWith(name + ": "))
        .findFirst()
        .orElseThrow()
        .substring(name.length() + 2);
  }

  @Test
  void forwardedRequestsAreToldWithWhoServedThemAndHowLongItTook() throws IOException {
    try (AccessLog log = log(false);
        ScriptedMember member = ScriptedMember.echo();
        TestNode node = TestNode.observed(TestNode.clearPool(true, member.port()), log);
        Wire client = node.connect()) {
      String request =
          "POST /abs/x?sipuri=a@b HTTP/1.1\r\nHost: Meet.contoso.com:443\r\nContent-Length: 5\r\n\r\n";
      Wire.Message first = client.send(request + "hello").read();
      client.send("GET / HTTP/1.1\r\nHost: meet.contoso.com\r\n\r\n").read();

      JsonNode line = lines(2).getFirst();
      assertThat(text(line, "node")).isEqualTo("node-1");
      assertThat(text(line, "listener")).isEqualTo(TestNode.LISTENER);
      assertThat(text(line, "source")).isEqualTo("127.0.0.1");
      assertThat(line.path("sourcePort").asInt()).isEqualTo(client.localPort());
      assertThat(text(line, "method")).isEqualTo("POST");
      assertThat(text(line, "host")).isEqualTo("Meet.contoso.com");
      assertThat(text(line, "target")).isEqualTo("/abs/x?sipuri=a@b");
      assertThat(text(line, "rule")).isEqualTo("all");
      assertThat(text(line, "pool")).isEqualTo("pool");
      assertThat(text(line, "member")).isEqualTo("fe" + member.port());
      assertThat(text(line, "binding")).isEqualTo("balancer");
      assertThat(line.path("revision").asInt()).isEqualTo(1);
      assertThat(line.path("status").asInt()).isEqualTo(200);
      assertThat(line.path("bytesIn").asInt()).isEqualTo(request.length() + 5);
      assertThat(line.path("bytesOut").asInt())
          .isEqualTo(first.head().length() + first.body().length());
      assertThat(line.path("totalMs").asDouble())
          .isGreaterThanOrEqualTo(line.path("firstByteMs").asDouble());
      assertThat(line.path("firstByteMs").asDouble())
          .isGreaterThanOrEqualTo(line.path("connectMs").asDouble())
          .isPositive();
      assertThat(text(line, "termination")).isEqualTo("COMPLETE");
      assertThat(text(line, "id")).matches("[0-9a-f]{16}");
      assertThat(text(line, "time")).matches("20..-..-..T..:..:..\\.\\d{3}Z");
      assertThat(line.has("tls")).isFalse();
      assertThat(text(lines(2).getLast(), "binding")).isEqualTo("connection");
    }
  }

  @Test
  void aSourceThatIsBoundIsToldSo() throws IOException {
    try (AccessLog log = log(false);
        ScriptedMember member = ScriptedMember.echo();
        TestNode node = TestNode.observed(TestNode.clearPool(true, member.port()), log);
        LocalBindings _ =
            new LocalBindings(node.bindings, _ -> 1_800_000, System::currentTimeMillis)) {
      for (int i = 1; i <= 2; i++) {
        try (Wire client = node.connect()) {
          client.send("GET / HTTP/1.1\r\nHost: meet.contoso.com\r\n\r\n").read();
        }
        eventually("the log has it", () -> node.bindings.table().size() == 1);
      }
      assertThat(lines(2))
          .extracting(line -> text(line, "binding"))
          .containsExactly("balancer", "binding");
    }
  }

  @Test
  void ourOwnAnswersAreToldUnderTheIdentifierThatTheyCarry() throws IOException {
    try (AccessLog log = log(false);
        TestNode node = TestNode.observed(TestNode.clearPool(false, refusedPort()), log)) {
      String[][] cases = {
        {"/secure/x", "301", "secure", "COMPLETE"},
        {"/denied", "404", "default-deny", "COMPLETE"},
        {"/", "502", "all", "MEMBER_UNREACHABLE"},
        {"/ HTTP/1.1\r\nBad Header", "400", "", "CLIENT_HEAD_REFUSED"},
      };
      for (String[] one : cases) {
        try (Wire client = node.connect()) {
          Wire.Message answer =
              client.send("GET " + one[0] + " HTTP/1.1\r\nHost: a\r\n\r\n").read();
          assertThat(answer.status()).hasToString(one[1]);
          JsonNode line = lines(List.of(cases).indexOf(one) + 1).getLast();
          assertThat(text(line, "status")).isEqualTo(one[1]);
          assertThat(text(line, "rule")).isEqualTo(one[2]);
          assertThat(text(line, "termination")).isEqualTo(one[3]);
          assertThat(text(line, "id")).isEqualTo(header(answer, "X-Request-Id"));
          assertThat(answer.body()).contains(text(line, "id"));
          assertThat(line.path("bytesOut").asInt())
              .isEqualTo(answer.head().length() + answer.body().length());
        }
      }
      assertThat(text(lines(4).get(2), "side")).isEqualTo("member");
      assertThat(text(lines(4).get(2), "phase")).isEqualTo("connect");
      assertThat(text(lines(4).get(1), "detail")).isEqualTo("denied");
      assertThat(lines(4).get(3).has("target")).isFalse();
      assertThat(text(lines(4).get(3), "detail")).contains("white space");
    }
  }

  private static int refusedPort() throws IOException {
    return FreePort.one();
  }

  @Test
  void clientsThatGoAndMembersThatBreakOffAreToldApart() throws IOException {
    try (AccessLog log = log(false);
        ScriptedMember member =
            new ScriptedMember((wire, _) -> {
              Wire.Message request = wire.read();
              if (request.firstLine().contains("/half")) {
                wire.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf");
              } else {
                wire.readToEnd();
              }
            });
        TestNode node = TestNode.observed(TestNode.clearPool(true, member.port()), log)) {
      try (Wire client = node.connect()) {
        client.send("GET /half HTTP/1.1\r\nHost: a\r\n\r\n").readToEnd();
      }
      JsonNode cut = lines(1).getFirst();
      assertThat(text(cut, "termination")).isEqualTo("MEMBER_BODY_CUT");
      assertThat(text(cut, "status")).isEqualTo("200");

      try (Wire client = node.connect()) {
        client.send("GET /park HTTP/1.1\r\nHost: a\r\n\r\n");
        eventually("the member has it", () -> member.connections() == 2);
      }
      JsonNode gone = lines(2).getLast();
      assertThat(text(gone, "termination")).isEqualTo("CLIENT_GONE");
      assertThat(text(gone, "side")).isEqualTo("client");
      assertThat(text(gone, "status")).isEqualTo("499");
      assertThat(gone.has("firstByteMs")).isFalse();
    }
  }

  @Test
  void noSecretReachesTheLog() throws IOException {
    for (boolean w3c : new boolean[] {false, true}) {
      Files.deleteIfExists(file);
      try (AccessLog log = log(w3c);
          ScriptedMember member = ScriptedMember.echo();
          TestNode node = TestNode.observed(TestNode.clearPool(true, member.port()), log)) {
        String[] targets = {
          "/?access_token=" + SECRET,
          "/?%61ccess_token=" + SECRET + "&sl=1",
          "/?" + SECRET,
          "/?a=b=" + SECRET + "&&" + SECRET,
          "/x;ticket=" + SECRET + "/y?sipuri=a@b;" + "x&p=" + SECRET,
          "/(F(" + SECRET + "))/x",
          "http://a/?a?b=" + SECRET,
          "/denied?t=" + SECRET,
          "/secure?t=" + SECRET,
        };
        for (String target : targets) {
          try (Wire client = node.connect()) {
            client
                .send("GET " + target + " HTTP/1.1\r\nHost: a\r\nCookie: MS-WSMAN=" + SECRET)
                .send("\r\nAuthorization: NTLM " + SECRET + "\r\nX-Ticket: " + SECRET + "\r\n\r\n")
                .read();
          }
        }
        try (Wire client = node.connect()) {
          client.send("GET /" + SECRET + " HTTP/1.1\r\nBad " + SECRET + ": x\r\n\r\n").read();
        }
        int expected = targets.length + 1 + (w3c ? 4 : 0);
        eventually("all lines", () -> content().lines().count() == expected);
        assertThat(content()).doesNotContain(SECRET).contains("default-deny");
      }
    }
  }
}
