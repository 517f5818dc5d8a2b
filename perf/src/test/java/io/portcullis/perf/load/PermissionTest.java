package io.portcullis.perf.load;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PermissionTest {

  private static final String TOKEN = "0123456789abcdef0123456789abcdef";

  @TempDir private Path directory;
  private HttpServer server;
  private volatile String served = TOKEN + "\n";

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        Permission.PATH,
        exchange -> {
          byte[] body = served.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private LoadPlan plan() {
    Site site =
        Site.parse(
            "http://webext01.contoso.com",
            "127.0.0.1:" + server.getAddress().getPort(),
            null,
            "meet.contoso.com");
    return new LoadPlan(
        site,
        "small",
        Models.of("small", site, null, null),
        1,
        false,
        Duration.ofSeconds(1),
        1,
        Sources.system(),
        Duration.ofSeconds(10),
        1,
        1,
        null);
  }

  private Path token(String text) throws IOException {
    return Files.writeString(directory.resolve("token"), text);
  }

  @Test
  void withoutConsentEveryHostIsNamedWithTheWayOut() {
    assertThatThrownBy(() -> Permission.require(plan(), List.of("webext01.contoso.com"), null))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("127.0.0.1, meet.contoso.com")
        .hasMessageContaining("--allow")
        .hasMessageNotContaining("webext01");
  }

  @Test
  void aFlagForEachHostIsConsent() {
    assertThatCode(() ->
            Permission.require(
                plan(), List.of("WEBEXT01.contoso.com", "meet.contoso.com", "127.0.0.1"), null))
        .doesNotThrowAnyException();
  }

  @Test
  void aServedTokenIsConsent() throws IOException {
    Path token = token(TOKEN);
    assertThatCode(() -> Permission.require(plan(), List.of(), token)).doesNotThrowAnyException();
  }

  @Test
  void anotherTokenIsNoConsent() throws IOException {
    served = "something else that is long enough";
    Path token = token(TOKEN);
    assertThatThrownBy(() -> Permission.require(plan(), List.of(), token))
        .hasMessageContaining("has not agreed")
        .hasMessageContaining("--allow meet.contoso.com");
  }

  @Test
  void aTokenThatCouldStandInAPageByChanceIsRefused() throws IOException {
    Path token = token("ok");
    assertThatThrownBy(() -> Permission.require(plan(), List.of(), token))
        .hasMessageContaining("openssl rand");
  }
}
