package io.portcullis.proxy.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.rule.Decision;
import io.portcullis.proxy.rule.Rule;
import io.portcullis.proxy.rule.RuleTable;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Rules by path, from socket to socket: compared as the member will read them, forwarded as they came.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PathRulesTest {

  private final ScriptedMember member;
  private final TestNode node;

  PathRulesTest() throws IOException {
    member = ScriptedMember.echo();
    MemberPool pool = TestNode.clearPool(true, member.port());
    Decision forward = new Decision.Forward("web", pool, false);
    RuleTable rules =
        RuleTable.of(
            List.of(
                new Rule("web", List.of("a"), List.of("/"), List.of("/cscp", "/a b/c"), forward),
                new Rule(
                    "gone",
                    List.of("a"),
                    List.of("/meet/old", "/meet/old/but"),
                    List.of(),
                    new Decision.Respond("gone", 410)),
                new Rule("meet", List.of("a"), List.of("/meet"), List.of(), forward),
                new Rule("one", List.of("b"), List.of("/only"), List.of(), forward)));
    node = TestNode.of(rules, TestNode.IN_ORDER, pool);
  }

  @BeforeAll
  void open() throws IOException {
    assertThat(status("/", "a")).isEqualTo(200);
  }

  @AfterAll
  void close() throws IOException {
    node.close();
    member.close();
  }

  private int status(String target, String host) throws IOException {
    return ask(target, host).status();
  }

  private Wire.Message ask(String target, String host) throws IOException {
    try (Wire client = node.connect()) {
      return client.send("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n").read();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/cscp",
        "/cscp/",
        "/cscp/x",
        "/cscp?x",
        "/CSCP",
        "/cScP/X",
        "/%63scp",
        "/%43%53%43%50",
        "//cscp",
        "///cscp",
        "/./cscp",
        "/././cscp/.",
        "/x/../cscp",
        "/../cscp",
        "/x/%2e%2e/cscp",
        "/x/..%2fcscp",
        "/x/..%5ccscp",
        "/x\\..\\cscp",
        "/\\cscp",
        "/%2fcscp",
        "/%5Ccscp",
        "/cscp%2f",
        "/cscp%2Fx",
        "/cscp%5cx",
        "/%u0063scp",
        "/%U0043scp",
        "/cscp.",
        "/cscp...",
        "/cscp./x",
        "/cscp%2e",
        "/cscp%20",
        "/cscp%20.%20/x",
        "/cscp%00",
        "/cscp%00.html",
        "/cscp%0a",
        "/cscp;x=1",
        "/cscp;/x",
        "/;x/cscp",
        "/;x/./cscp",
        "/cscp::$DATA",
        "/cscp%3bx",
        "/cscp#x",
        "http://a/cscp",
        "http://A//%63SCP",
        "/a%20b/c",
        "/A%20B/C;d",
        "/meet/../cscp"
      })
  void deniedDirectoryIsDeniedInEverySpelling(String target) throws IOException {
    assertThat(status(target, "a")).isEqualTo(target.endsWith("#x") ? 200 : 404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/cscpx",
        "/x/cscp",
        "/cscp-/",
        "/xcscp",
        "/cs%2563p",
        "/%2563scp",
        "/c/scp",
        "/cscp/..",
        "/cscp/../x",
        "/?/cscp",
        "/x?/../cscp",
        "/x%3f/../y",
        "/.cscp",
        "/..cscp",
        "/a/b/c"
      })
  void neighbourOfADeniedDirectoryPassesAsItCame(String target) throws IOException {
    Wire.Message answer = ask(target, "a");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).contains("\nGET " + target + " HTTP/1.1\r\n");
  }

  @ParameterizedTest
  @CsvSource({
    "/meet, 200",
    "/Meet/x, 200",
    "/meet/old, 410",
    "/meet/OLD/x, 410",
    "/meet/older, 200",
    "/meet//old, 410",
    "/meet/new/../old, 410",
    "/meet/%6Fld, 410",
    "/meet/old/../new, 200"
  })
  void longestPrefixDecides(String target, int status) throws IOException {
    assertThat(status(target, "a")).isEqualTo(status);
  }

  @ParameterizedTest
  @CsvSource({
    "/only, 200",
    "/only/x, 200",
    "/ONLY, 200",
    "/, 404",
    "/onlyx, 404",
    "/only/.., 404",
    "/x/%2e%2e/only, 200",
    "/only/%2e%2e%2fother, 404",
    "*, 404"
  })
  void whatANameDoesNotPublishStaysUnpublished(String target, int status) throws IOException {
    assertThat(status(target, "b")).isEqualTo(status);
  }
}
