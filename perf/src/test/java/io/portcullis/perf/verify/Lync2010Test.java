package io.portcullis.perf.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.perf.staging.Behaviour;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A Lync 2010 pool, whose load balancer keeps sessions by the cookie MS-WSMAN: a node passes it and adds nothing of its own.
final class Lync2010Test {
  private static final String WEB = "https://webext01.contoso.com";

  private static Published published;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    published =
        new Published(
            directory,
            Behaviour.DEFAULT.withVersion("2010"),
            document -> document.replace("version: 2013", "version: 2010"));
    published.awaitMeet();
  }

  @AfterAll
  static void stop() throws Exception {
    published.stop();
  }

  private static List<String> cookies(String answer) {
    return answer.lines().filter(line -> line.startsWith("Set-Cookie:")).toList();
  }

  @Test
  void thePoolsCookieArrivesAsItWasSetAndOnce() throws Exception {
    String direct = published.direct(1, "/meet");
    String through = published.curl(WEB + "/meet");

    assertThat(cookies(through))
        .singleElement()
        .asString()
        .matches("Set-Cookie: MS-WSMAN=[0-9a-f]+; path=/")
        .isEqualTo(cookies(direct).getFirst());
  }

  @Test
  void aCookieOfTheClientReachesThePoolAndIsNotSetAgain() throws Exception {
    String answer =
        published.curl(
            WEB + "/echo", "-H", "Cookie: first=1; MS-WSMAN=c0ffee", "-H", "Cookie: MS-WSMAN=x");

    assertThat(answer).contains("Cookie: first=1; MS-WSMAN=c0ffee\r\nCookie: MS-WSMAN=x\r\n");
    assertThat(cookies(answer)).isEmpty();
  }

  @Test
  void itsDirectoriesAreServed() throws Exception {
    assertThat(published.curl(WEB + "/Mcx/McxService.svc"))
        .startsWith("HTTP/1.1 401")
        .contains("WWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\n");
    assertThat(published.curl(WEB + "/Reach/sip.svc")).startsWith("HTTP/1.1 200");
    assertThat(published.verify("https", "-o", "json").diagnoses()).isEmpty();
  }
}
