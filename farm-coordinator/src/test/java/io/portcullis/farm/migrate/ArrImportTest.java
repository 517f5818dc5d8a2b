package io.portcullis.farm.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.farm.cli.Sitting;
import io.portcullis.farm.codec.Decoded;
import io.portcullis.farm.codec.FarmDocuments;
import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.Pool;
import io.portcullis.farm.model.Problem;
import io.portcullis.farm.model.PublishingRule;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// An ARR server becomes a document that the farm takes; whatever has no counterpart is said.
class ArrImportTest {

  private static byte[] file() throws IOException {
    try (InputStream in =
        ArrImportTest.class.getResourceAsStream("/migrate/applicationHost.config")) {
      return Objects.requireNonNull(in).readAllBytes();
    }
  }

  private static FarmConfig config(String document) {
    Decoded decoded = FarmDocuments.decode(document, "imported.yaml");
    assertThat(decoded.problems()).as(document).noneMatch(Problem::isError);
    return ((Decoded.Accepted) decoded).config();
  }

  @Test
  void rulesAreTheGlobalRulesThatLeadToAWebFarm() throws IOException {
    FarmConfig config = config(ArrImport.read(file(), "contoso").document());

    assertThat(config.farm()).isEqualTo("contoso");
    assertThat(config.rules())
        .extracting(
            PublishingRule::name,
            PublishingRule::listener,
            rule -> String.join(" ", rule.publicNames()),
            rule -> String.join(" ", rule.paths()))
        .extracting(Object::toString)
        .containsExactly(
            "(\"ARR_webext01.contoso.com_loadbalance_SSL\", \"https\", \"webext01.contoso.com *.fabrikam.com\", \"/\")",
            "(\"simple-urls\", \"https\", \"meet.contoso.com dialin.contoso.com\", \"/\")",
            "(\"discovery-in-clear\", \"http\", \"lyncdiscover.contoso.com\", \"/\")",
            "(\"office\", \"https\", \"officewebapps01.contoso.com\", \"/\")",
            "(\"reports\", \"https\", \"intranet.contoso.com\", \"/reports\")",
            "(\"to-https\", \"http\", \"webext01.contoso.com\", \"/\")");
    assertThat(config.rules().getLast().action())
        .isInstanceOf(PublishingRule.Action.class)
        .isNotInstanceOf(PublishingRule.Action.ToPool.class);
  }

  @Test
  void poolsAreTheWebFarmsWithTheirServersAndPorts() throws IOException {
    FarmConfig config = config(ArrImport.read(file(), "contoso").document());

    assertThat(config.pools())
        .extracting(Pool::name)
        .containsExactly("webext01.contoso.com", "officewebapps01.contoso.com");
    Pool web = config.pools().getFirst();
    assertThat(web.members())
        .extracting(Pool.Member::host, Pool.Member::address, Pool.Member::weight)
        .extracting(Object::toString)
        .containsExactly(
            "(\"fe1.contoso.local\", null, 100)",
            "(\"server-10-0-0-12.webext01.contoso.com\", \"10.0.0.12\", 50)");
    assertThat(web.members().getFirst().bridging()).isEqualTo(new Pool.Bridging(4443, 8080));
    assertThat(config.pools().getLast().members().getFirst().bridging())
        .isEqualTo(new Pool.Bridging(443, 80));
  }

  @Test
  void whatHasNoCounterpartIsSaidAndStandsAtTheHeadOfTheDocument() throws IOException {
    ArrImport.Result result = ArrImport.read(file(), "contoso");

    assertThat(result.left())
        .anyMatch(line ->
            line.startsWith("rule \"simple urls\": the condition {HTTP_HOST} \"^(meet|dialin"))
        .anyMatch(line -> line.contains("rule \"office\": it went on in clear (SSL offloading)"))
        .anyMatch(
            line -> line.contains("rule \"moved\": a redirect to \"https://new.contoso.com/\""))
        .anyMatch(line -> line.contains("rule \"rewritten path\": it rewrites the path"))
        .anyMatch(line -> line.contains("rule \"by agent\": the condition {HTTP_USER_AGENT}"))
        .anyMatch(line -> line.equals("rule \"off\": it was disabled"))
        .anyMatch(line -> line.contains("rule \"query tricks\": \"^(a|b)/x\\d+$\" is more than"))
        .anyMatch(line -> line.contains("server fe3.contoso.local was disabled"))
        .anyMatch(line -> line.contains("proxy time-out 00:03:20"))
        .anyMatch(line -> line.contains("affinity by cookie"))
        .anyMatch(line -> line.contains("algorithm LeastRequests"))
        .anyMatch(line -> line.contains("web farm \"officewebapps01.contoso.com\": the disk cache"))
        .anyMatch(line -> line.contains("web farm \"unused\": no rule"))
        .anyMatch(line -> line.startsWith("outbound rules"))
        .anyMatch(line -> line.startsWith("certificates"))
        .anyMatch(line -> line.contains("a lync: section says the same"));
    assertThat(result.document().lines().filter(line -> line.startsWith("#   ")))
        .hasSameSizeAs(result.left());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      textBlock =
          """
          *                 ; /
          ^(.*)$            ; /
          Meet/*            ; /Meet
          ^meet(/.*)?$      ; /meet
          a/b/.*            ; /a/b
          ^(a|b)/.*$        ; none
          meet              ; none
          ^x[0-9]+/(.*)     ; none
          """)
  void onlyWhatMeansAPrefixIsOne(String pattern, String path) {
    assertThat(String.valueOf(ArrPatterns.path(pattern)))
        .isEqualTo(path.equals("none") ? "null" : path);
  }

  @Test
  void whatIsNoSuchFileIsRefusedAndNothingOutsideItIsRead() {
    assertThatThrownBy(() -> ArrImport.read(bytes("<configuration/>"), "x"))
        .hasMessageContaining("no <webFarm>");
    assertThatThrownBy(() -> ArrImport.read(bytes("<html/>"), "x"))
        .hasMessageContaining("not <configuration>");
    assertThatThrownBy(() -> ArrImport.read(bytes("farm: x"), "x"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("line 1");
    assertThatThrownBy(() ->
            ArrImport.read(
                bytes(
                    "<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><configuration>&e;</configuration>"),
                "x"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("DOCTYPE");
  }

  @Test
  void textOfTheFileCannotBecomeYaml() throws IOException {
    String evil =
        new String(file(), StandardCharsets.UTF_8)
            .replace("fe1.contoso.local", "fe1&quot;}]&#10;rules: [&#10;x")
            .replace("name=\"off\"", "name=\"off&#10;evil: true\"");
    ArrImport.Result result = ArrImport.read(bytes(evil), "x");

    assertThat(result.document().lines())
        .noneMatch(line -> line.startsWith("evil") || line.startsWith("rules: ["));
    assertThat(FarmDocuments.decode(result.document(), "x").problems())
        .filteredOn(Problem::isError)
        .extracting(Problem::path)
        .containsExactly("pools[0].members[0].host");
  }

  @Test
  void theCommandPrintsTheDocumentAndSaysWhatIsLeft(@TempDir Path directory) throws IOException {
    Files.write(directory.resolve("applicationHost.config"), file());
    Sitting sitting =
        new Sitting(
            directory,
            (_, _, _, _) -> {
              throw new IllegalStateException("nobody joins here");
            });

    assertThat(sitting.type("import", "arr", "applicationHost.config", "--farm", "edge")).isZero();
    assertThat(sitting.out()).startsWith("# Made from an ARR").contains("farm: \"edge\"");
    assertThat(sitting.err()).contains("not carried: rule \"off\": it was disabled");
    assertThat(sitting.type("import", "arr", "nothing.config")).isEqualTo(2);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
