package io.portcullis.farm.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portcullis.farm.cli.Sitting;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/// V1 against real DNS servers: one for the world outside, one for the inside.
class DnsVerifyTest {
  private static final String DOCUMENT =
      """
      farm: contoso-edge
      listeners:
        - {name: https, bind: "0.0.0.0:443", tls: {certificates: [contoso]}}
      certificates:
        - {name: contoso}
      lync:
        version: 2013
        sipDomains: [contoso.com]
        pools:
          - name: pool01
            externalFqdn: webext01.contoso.com
            members: [{host: fe1.contoso.local, address: 127.0.0.1, bridging: {https: 1, http: 2}}]
            tls: {serverName: pool01.contoso.local, trustFile: root.pem}
        simpleUrls: {meet: [meet.contoso.com], dialin: dialin.contoso.com}
      """;

  private static final List<String> PUBLIC =
      List.of(
          "webext01.contoso.com",
          "meet.contoso.com",
          "dialin.contoso.com",
          "lyncdiscover.contoso.com");

  @TempDir private Path directory = Path.of("");

  private SmallDns outside;
  private SmallDns inside;

  @BeforeEach
  void records() throws IOException {
    Files.writeString(directory.resolve("farm.yaml"), DOCUMENT);
    Files.writeString(directory.resolve("root.pem"), "");
    outside = new SmallDns();
    PUBLIC.forEach(name -> outside.address(name, "203.0.113.10", "2001:db8::1"));
    inside = new SmallDns();
    inside.address("pool01.contoso.local", "10.0.0.11", "10.0.0.12");
    inside.address("webext01.contoso.com", "203.0.113.10");
    inside.address("lyncdiscover.contoso.com", "203.0.113.10");
    for (String name : List.of("lyncdiscoverinternal", "meet", "dialin")) {
      inside.alias(name + ".contoso.com", "pool01.contoso.local");
    }
  }

  @AfterEach
  void close() throws IOException {
    outside.close();
    inside.close();
  }

  /// `V1` findings that are not fine, as `place name diagnosis`.
  private List<String> troubles(String... more) throws IOException {
    List<String> words =
        new ArrayList<>(
            List.of("verify", "--file", "farm.yaml", "--node", "127.0.0.1:1", "-o", "json"));
    words.addAll(List.of(more));
    Sitting sitting =
        new Sitting(
            directory,
            (_, _, _, _) -> {
              throw new IllegalStateException("nobody joins here");
            });
    assertThat(sitting.type(words.toArray(String[]::new))).as(sitting.err()).isOne();
    assertThat(sitting.err()).isEmpty();
    List<String> troubles = new ArrayList<>();
    for (JsonNode finding : new ObjectMapper().readTree(sitting.out()).get("findings")) {
      if (finding.get("place").textValue().startsWith("DNS")
          && !finding.get("state").textValue().equals("OK")) {
        troubles.add(
            finding.get("place").textValue()
                + " "
                + finding.get("subject").textValue()
                + " "
                + finding.get("diagnosis").asText());
      }
    }
    return troubles;
  }

  private List<String> asked() throws IOException {
    return troubles(
        "--address",
        "203.0.113.10",
        "--address",
        "2001:db8::1",
        "--dns",
        "127.0.0.1:" + outside.at().getPort(),
        "--dns-inside",
        "127.0.0.1:" + inside.at().getPort());
  }

  @Test
  void recordsAsTheyShouldBeGiveNoDiagnosis() throws IOException {
    assertThat(asked()).isEmpty();
  }

  @Test
  void aMissingRecordIsNamed() throws IOException {
    outside.address("meet.contoso.com");

    assertThat(asked()).containsExactly("DNS meet.contoso.com DNS_MISSING");
  }

  @Test
  void aRecordThatLeadsElsewhereIsNamed() throws IOException {
    outside.address("dialin.contoso.com", "203.0.113.10", "198.51.100.7");

    assertThat(asked()).containsExactly("DNS dialin.contoso.com DNS_ELSEWHERE");
  }

  @Test
  void anAliasIsFollowedToItsAddresses() throws IOException {
    outside.address("lyncdiscover.contoso.com").alias("lyncdiscover.contoso.com", "x.contoso.com");
    outside.alias("x.contoso.com", "webext01.contoso.com");

    assertThat(asked()).isEmpty();
  }

  @Test
  void theNameOfTheInsideIsNotForTheWorld() throws IOException {
    outside.address("lyncdiscoverinternal.contoso.com", "10.0.0.11");

    assertThat(asked()).containsExactly("DNS lyncdiscoverinternal.contoso.com DNS_INSIDE_SHOWN");
  }

  @Test
  void aNameOfTheInsideThatLeadsToTheFarmIsNamed() throws IOException {
    inside.alias("meet.contoso.com", "webext01.contoso.com");

    assertThat(asked()).containsExactly("DNS inside meet.contoso.com DNS_INSIDE_ELSEWHERE");
  }

  @Test
  void phonesOnTheInsideThatAreLedToThePoolAreNamed() throws IOException {
    inside.address("webext01.contoso.com", "10.0.0.11");

    assertThat(asked()).containsExactly("DNS inside webext01.contoso.com DNS_ELSEWHERE");
  }

  @Test
  void whatIsNotAskedForIsNotLookedAt() throws IOException {
    assertThat(troubles())
        .containsExactly("DNS public names null", "DNS inside records of the inside null");
  }

  @Test
  void anAnswerThatWasCutIsAskedForOverTcp() throws IOException {
    outside.cutting();

    assertThat(asked()).isEmpty();
  }

  @Test
  @Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
  void anAnswerThatDripsIsGivenUp() {
    outside.dripping();

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> new DnsServer(outside.at()).resolve("meet.contoso.com"))
        .withMessageContaining("gave no whole answer over TCP within");
  }

  @Test
  void aServerThatFailsIsNotTakenForAMissingName() throws IOException {
    outside.failing(2);

    assertThat(asked()).hasSize(5).allMatch(line -> line.endsWith(" DNS_SILENT"));
  }

  @Test
  void aServerThatIsSilentIsSaidSo() {
    assertThatThrownBy(() -> new DnsServer(outside.silent().at()).resolve("meet.contoso.com"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("does not answer");
  }

  @Test
  void aNameThatIsNoneIsRefusedBeforeAnybodyIsAsked() {
    DnsServer server = new DnsServer(outside.at());

    for (String name : List.of("", "a..b", "x".repeat(64) + ".com", "a.".repeat(130) + "com")) {
      assertThatThrownBy(() -> server.resolve(name)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void bothFamiliesAreAsked() throws IOException {
    assertThat(new DnsServer(outside.at()).resolve("Meet.Contoso.COM."))
        .extracting(InetAddress::getHostAddress)
        .containsExactly("203.0.113.10", "2001:db8:0:0:0:0:0:1");
  }
}
