package io.portcullis.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.codec.Decoded;
import io.portcullis.farm.codec.FarmDocuments;
import io.portcullis.farm.model.FarmConfig;
import io.portcullis.proxy.explain.Explanation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// No file that the document names is there: rules and members can be explained without keys.
class ExplainTest {

  private static final String DOCUMENT =
      """
      farm: contoso-edge
      listeners:
        - {name: https, bind: "0.0.0.0:443", tls: {certificates: [contoso], minVersion: TLSv1.2}}
        - {name: http, bind: "0.0.0.0:80"}
      certificates:
        - {name: contoso, chainFile: chain.pem, keyFile: key.pem}
      pools:
        - name: pool01
          members: [{host: fe1.contoso.local, address: 10.0.0.11}, fe2.contoso.local, fe3.contoso.local]
          bridging: {https: 4443, http: 8080}
          tls: {serverName: pool01.contoso.local, trustFile: pool-ca.pem}
      rules:
        - {name: web, listener: https, publicNames: [webext.contoso.com], paths: [/], deny: [/cscp], pool: pool01}
        - {name: dialin, listener: https, publicNames: [webext.contoso.com], paths: [/dialin], pool: pool01}
        - {name: meet, listener: https, publicNames: [meet.contoso.com], paths: [/], pool: pool01}
        - {name: to-https, listener: http, publicNames: ["*"], paths: [/], redirect: https}
      """;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Path file;

  ExplainTest(@TempDir Path directory) throws IOException {
    file = Files.writeString(directory.resolve("farm.yaml"), DOCUMENT);
  }

  private int explain(String source, String url, String... more) {
    List<String> arguments = new java.util.ArrayList<>(List.of(source, url));
    arguments.addAll(List.of("--file", file.toString()));
    arguments.addAll(List.of(more));
    out.reset();
    err.reset();
    return Explain.run(
        arguments.toArray(String[]::new),
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  private String said() {
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void saysWhichRuleDecidesAndWhyTheOthersDoNot() {
    assertThat(explain("192.0.2.7", "https://WEBEXT.contoso.com/Dialin/x?y")).isZero();
    assertThat(said())
        .contains("listener  https (0.0.0.0:443, TLS)")
        .contains("rule      dialin")
        .contains("outcome   pool pool01")
        .contains("not web: it matches, but a more specific name or a longer path decides")
        .contains("not meet: it never publishes this name")
        .doesNotContain("to-https");
  }

  @Test
  void membersStandInTheOrderOfTheBalancerThatServes() throws IOException {
    assertThat(explain("192.0.2.7", "https://meet.contoso.com/a", "--output", "json")).isZero();
    JsonNode members = new ObjectMapper().readTree(said()).path("document").path("members");
    assertThat(members).hasSize(3);
    List<String> order = new java.util.ArrayList<>();
    members.forEach(one -> order.add(one.path("member").asText()));
    assertThat(order)
        .containsExactlyInAnyOrder("fe1.contoso.local", "fe2.contoso.local", "fe3.contoso.local");

    // Without its first the order closes up: that is what rendezvous hashing promises.
    String rest = addressed(order.get(1)) + ", " + addressed(order.get(2));
    Files.writeString(file, DOCUMENT.replaceFirst("members: .*", "members: [" + rest + "]"));
    assertThat(explain("192.0.2.7", "https://meet.contoso.com/a", "--output", "json")).isZero();
    JsonNode left = new ObjectMapper().readTree(said()).path("document").path("members");
    assertThat(left.get(0).path("member").asText()).isEqualTo(order.get(1));
  }

  private static String addressed(String host) {
    return host.startsWith("fe1") ? "{host: fe1.contoso.local, address: 10.0.0.11}" : host;
  }

  @Test
  void whatIsNotServedIsNotFine() {
    assertThat(explain("192.0.2.7", "https://webext.contoso.com/%63scp/")).isEqualTo(1);
    assertThat(said()).contains("refuse with 404: the rule denies this path");
    assertThat(explain("192.0.2.7", "https://intranet.contoso.com/")).isEqualTo(1);
    assertThat(said()).contains("rule      default-deny").contains("not web: ");
    assertThat(explain("192.0.2.7", "https://meet.contoso.com/a b")).isEqualTo(1);
    assertThat(said()).contains("refused with 400");
  }

  @Test
  void redirectsAreFineAndTranslatedPortsAreNoted() {
    assertThat(explain("2001:db8::7", "http://meet.contoso.com:8080/x")).isZero();
    assertThat(said())
        .contains("no listener of that kind is on port 8080")
        .contains("rule      to-https")
        .contains("redirect to https, port 443");
  }

  @Test
  void questionsThatMakeNoSenseAreWrongUsage() {
    assertThat(explain("fe1.contoso.local", "https://meet.contoso.com/")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("192.0.2.7");
    assertThat(explain("192.0.2.7", "meet.contoso.com")).isEqualTo(2);
  }

  @Test
  void aBoundSourceGoesToItsMemberAndThenByTheBalancer() {
    Ground ground =
        new Ground(((Decoded.Accepted) FarmDocuments.decode(DOCUMENT, "farm.yaml")).config());
    String meet = "https://meet.contoso.com/";
    Explanation usual = ground.explainer().explain("192.0.2.7", meet);
    String first = usual.members().getFirst().member();
    String last = usual.members().getLast().member();
    ground.boundAs(List.of(new Wire.Binding("pool01", "192.0.2.7", last, 4)));
    Explanation bound = ground.explainer().explain("192.0.2.7", meet);
    assertThat(bound.choice()).contains("the source is bound to " + last);
    assertThat(bound.members()).extracting(Explanation.Place::place).containsExactly(1, 2, 3);
    assertThat(bound.members().getFirst().member()).isEqualTo(last);
    assertThat(bound.members().get(1).member()).isEqualTo(first);
  }

  @Test
  void membersThatANodeReportsDownAreNotAsked() {
    FarmConfig config = ((Decoded.Accepted) FarmDocuments.decode(DOCUMENT, "farm.yaml")).config();
    Ground ground = new Ground(config);
    ground.asSeenBy(
        new Wire.NodeStatus(
            "node-1",
            "1",
            Instant.EPOCH,
            1,
            null,
            Map.of(),
            Map.of(
                "pool01/fe1.contoso.local", "down: refused",
                "pool01/fe2.contoso.local", "draining",
                "pool01/fe3.contoso.local", "up"),
            0,
            0));
    Explanation explanation = ground.explainer().explain("192.0.2.7", "https://meet.contoso.com/");
    assertThat(explanation.members())
        .containsExactlyInAnyOrder(
            new Explanation.Place(1, "fe3.contoso.local", "(resolved by the node):4443", "up"),
            new Explanation.Place(0, "fe1.contoso.local", "10.0.0.11:4443", "down: refused"),
            new Explanation.Place(
                0, "fe2.contoso.local", "(resolved by the node):4443", "draining"));
    assertThat(explanation.served()).isTrue();
  }
}
