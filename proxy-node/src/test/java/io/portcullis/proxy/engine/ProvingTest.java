package io.portcullis.proxy.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.rule.Decision;
import io.portcullis.proxy.rule.Rule;
import io.portcullis.proxy.rule.RuleTable;
import io.portcullis.proxy.snapshot.Proofs;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What an ACME authority finds on a clear listener whose only rule redirects everything.
class ProvingTest {

  private static final String PLACE = "/.well-known/acme-challenge/";

  private ScriptedMember member;
  private TestNode node;

  @BeforeEach
  void start() throws IOException {
    member = ScriptedMember.echo();
    MemberPool pool = TestNode.clearPool(true, member.port());
    RuleTable rules =
        RuleTable.of(
            List.of(
                new Rule(
                    "to-https",
                    List.of("*"),
                    List.of("/"),
                    List.of(),
                    new Decision.RedirectToHttps("to-https", 443))));
    node = TestNode.of(rules, TestNode.IN_ORDER, pool);
    node.current.show(new Proofs(Map.of("to-ken_1", "to-ken_1.thumbprint"), Map.of()));
  }

  @AfterEach
  void stop() throws IOException {
    node.close();
    member.close();
  }

  private Wire.Message ask(String method, String target) throws IOException {
    try (Wire client = node.connect()) {
      client.send(method + " " + target + " HTTP/1.1\r\nHost: web.contoso.com\r\n\r\n");
      return method.equals("HEAD") ? client.readHeadOnly() : client.read();
    }
  }

  @Test
  void aTokenThatIsKnownIsAnsweredBeforeAnyRule() throws IOException {
    Wire.Message answer = ask("GET", PLACE + "to-ken_1");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("to-ken_1.thumbprint");
    assertThat(ask("GET", PLACE + "to-ken_1?x=1").status()).isEqualTo(200);
    assertThat(ask("HEAD", PLACE + "to-ken_1").head()).contains("Content-Length: 19");
  }

  @Test
  void everythingElseMeetsTheRules() throws IOException {
    for (String target :
        List.of(
            PLACE,
            PLACE + "to-ken_2",
            PLACE + "to-ken_1/x",
            PLACE + "x/../to-ken_1",
            "/x" + PLACE + "to-ken_1",
            "/")) {
      assertThat(ask("GET", target).status()).as(target).isEqualTo(301);
    }
    assertThat(ask("DELETE", PLACE + "to-ken_1").status()).isEqualTo(301);
  }

  @Test
  void nothingIsAnsweredAfterTheAuthorityHasLooked() throws IOException {
    node.current.show(Proofs.NONE);
    assertThat(ask("GET", PLACE + "to-ken_1").status()).isEqualTo(301);
  }
}
