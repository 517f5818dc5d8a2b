package io.portcullis.farm.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.model.FarmConfig;
import java.util.List;
import org.junit.jupiter.api.Test;

class FarmDiffTest {
  private static final String BEFORE = Documents.resource("full.yaml");

  private static List<String> diff(String after) {
    return FarmDocuments.diff(Documents.accepted(BEFORE), Documents.accepted(after));
  }

  @Test
  void theSameFarmHasNoDifference() {
    assertThat(diff(BEFORE.replace("idle: 30m", "idle: 1800s"))).isEmpty();
  }

  @Test
  void aValueIsNamedByTheNamesAroundIt() {
    assertThat(
            diff(BEFORE.replace("weight: 2", "weight: 7").replace("alsoTcp: 5061", "alsoTcp: 0")))
        .containsExactly(
            "~ pools[pool01].members[fe2.contoso.local].weight: 2 -> 7",
            "~ pools[pool01].health.alsoTcp: 5061 -> 0");
  }

  @Test
  void elementsComeAndGoByNameWhereverTheyStand() {
    String after =
        BEFORE
            .replace(
                "rules:\n",
                "rules:\n  - {name: meet, listener: https, publicNames: [meet.contoso.com], pool: pool01}\n")
            .replace("members: [fe1.contoso.local, ", "members: [fe3.contoso.local, ")
            .replace("  - {name: http, bind: \"0.0.0.0:80\"}\n", "")
            .replaceAll("  - \\{name: to-https.*\n", "");

    assertThat(diff(after))
        .containsExactly(
            "- listener http",
            "- member fe1.contoso.local of pools[pool01]",
            "+ member fe3.contoso.local of pools[pool01]",
            "- rule to-https",
            "+ rule meet: https meet.contoso.com / -> pool01");
  }

  @Test
  void listsOfNamesShowWhatCameAndWent() {
    assertThat(diff(BEFORE.replace("[webext01.contoso.com]", "[a.contoso.com, b.contoso.com]")))
        .containsExactly(
            "~ rules[pool01-web].publicNames: +a.contoso.com +b.contoso.com -webext01.contoso.com");
  }

  @Test
  void anOptionalPartThatComesOrGoesIsNamed() {
    assertThat(diff(BEFORE.replaceAll("    health: .*\n", "")))
        .containsExactly(
            "- pools[pool01].health.get: /autodiscover/autodiscoverservice.svc/root",
            "- pools[pool01].health.expect: 200",
            "- pools[pool01].health.alsoTcp: 5061",
            "- pools[pool01].health.interval: 5s");
    assertThat(diff(BEFORE + "hosts: {fe9.contoso.local: 10.0.0.9}\n"))
        .containsExactly("+ hosts.fe9.contoso.local: 10.0.0.9");
  }

  @Test
  void aBundleIsShownByItsDigest() {
    String inline = "trust: \"-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----\\n\"";
    FarmConfig before = Documents.accepted(BEFORE.replace("trustFile: contoso-root.pem", inline));
    FarmConfig after =
        Documents.accepted(
            BEFORE.replace("trustFile: contoso-root.pem", inline.replace("AAAA", "BBBB")));

    assertThat(FarmDocuments.diff(before, after))
        .singleElement()
        .asString()
        .matches(
            "~ pools\\[pool01].tls.trust: \\(sha256 [0-9a-f]{12}\\) -> \\(sha256 [0-9a-f]{12}\\)");
  }

  @Test
  void aNewOrderIsADifference() {
    String first =
        "  - {name: pool01-web, listener: https, publicNames: [webext01.contoso.com], paths: [/], pool: pool01}\n";
    assertThat(diff(BEFORE.replace(first, "") + first))
        .containsExactly("~ rules: order to-https, pool01-web");
  }
}
