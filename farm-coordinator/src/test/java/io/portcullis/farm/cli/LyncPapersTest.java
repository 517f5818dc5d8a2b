package io.portcullis.farm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// DNS records and certificate requests of a topology, the latter read and answered by a real openssl.
class LyncPapersTest {
  private static final List<String> NAMES =
      List.of(
          "webext01.contoso.com",
          "webext02.contoso.com",
          "webdirext.contoso.com",
          "meet.contoso.com",
          "meet.fabrikam.com",
          "dialin.contoso.com",
          "officewebapps01.contoso.com",
          "lyncdiscover.contoso.com",
          "lyncdiscover.fabrikam.com");

  @TempDir private Path directory = Path.of("");

  private Sitting sitting;

  @BeforeEach
  void sit() throws IOException {
    sitting =
        new Sitting(
            directory,
            (_, _, _, _) -> {
              throw new IllegalStateException("nobody joins here");
            });
    try (var document = getClass().getResourceAsStream("/lync/director-two-pools.yaml")) {
      Files.copy(java.util.Objects.requireNonNull(document), directory.resolve("farm.yaml"));
    }
    Files.writeString(directory.resolve("contoso-root.pem"), "");
  }

  private String openssl(String... arguments) throws IOException, InterruptedException {
    List<String> command = new java.util.ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(out).isZero();
    return out;
  }

  @Test
  void everyRuleIsShownWithItsReasonAndItsSource() {
    assertThat(sitting.type("lync", "rules", "--file", "farm.yaml")).isZero();

    assertThat(sitting.out())
        .startsWith("lyncdiscover-http  (listener ")
        .contains("Discovery over HTTP must be forwarded, not redirected")
        .contains("source: Autodiscover service requirements for Lync Server 2013");
    long rules = sitting.out().lines().filter(line -> !line.startsWith(" ")).count();
    assertThat(rules).isGreaterThan(6);
    assertThat(sitting.out().lines().filter(line -> line.startsWith("    source: ")))
        .hasSize((int) rules);
  }

  @Test
  void recordsNameEveryPublishedHostOnce() {
    assertThat(sitting.type("lync", "dns", "--file", "farm.yaml", "--external", "203.0.113.10"))
        .isZero();

    assertThat(sitting.out().lines().filter(line -> line.startsWith("external"))).hasSize(9);
    assertThat(sitting.out())
        .containsPattern("external +webdirext\\.contoso\\.com +A +203\\.0\\.113\\.10")
        .containsPattern("internal +lyncdiscoverinternal\\.fabrikam\\.com +CNAME +dirpool\\.")
        .doesNotContainPattern("external +lyncdiscoverinternal");
  }

  @Test
  void zoneLinesAreGroupedByZone() {
    sitting.type(
        "lync",
        "dns",
        "--file",
        "farm.yaml",
        "--external",
        "203.0.113.10",
        "--external",
        "2001:db8::1",
        "--bind");

    assertThat(sitting.out())
        .startsWith("; external\n$ORIGIN contoso.com.\n")
        .containsPattern("(?m)^webext01 +300 IN A +203\\.0\\.113\\.10$")
        .containsPattern("(?m)^webext01 +300 IN AAAA +2001:db8::1$")
        .containsPattern("\\$ORIGIN fabrikam\\.com\\.\nmeet +300 IN A ")
        .containsPattern("(?m)^lyncdiscoverinternal +300 IN CNAME dirpool\\.contoso\\.local\\.$");
  }

  @Test
  void powerShellCreatesTheSame() {
    sitting.type(
        "lync",
        "dns",
        "--file",
        "farm.yaml",
        "--external",
        "203.0.113.10",
        "--internal",
        "10.0.0.9",
        "--powershell");

    assertThat(sitting.out())
        .contains(
            "Add-DnsServerResourceRecordA -ZoneName \"contoso.com\" -Name \"meet\" -IPv4Address \"203.0.113.10\"",
            "Add-DnsServerResourceRecordA -ZoneName \"contoso.com\" -Name \"webext02\" -IPv4Address \"10.0.0.9\"",
            "Add-DnsServerResourceRecordCName -ZoneName \"fabrikam.com\" -Name \"lyncdiscoverinternal\" -HostNameAlias \"dirpool.contoso.local\"");
  }

  @Test
  void requestCarriesEveryNameAndTheUsagesOfTheTopic() throws Exception {
    assertThat(sitting.type("lync", "csr", "--file", "farm.yaml", "--dir", ".", "contoso"))
        .isZero();

    String csr = openssl("req", "-in", "contoso.csr", "-noout", "-text", "-verify");
    assertThat(csr)
        .contains("CN = webext01.contoso.com", "Public-Key: (2048 bit)")
        .contains("DNS:" + String.join(", DNS:", NAMES))
        .containsPattern("Key Usage: critical\\s+Digital Signature, Key Encipherment")
        .contains("TLS Web Server Authentication, TLS Web Client Authentication");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.resolve("contoso.key"))))
        .isEqualTo("rw-------");
    assertThat(sitting.out()).doesNotContain("PRIVATE KEY");
  }

  @Test
  void aKeyThatExistsIsNotReplaced() throws IOException {
    assertThat(
            sitting.type("certificate", "request", "--file", "farm.yaml", "--dir", ".", "contoso"))
        .isZero();
    String key = Files.readString(directory.resolve("contoso.key"));

    assertThat(
            sitting.type("certificate", "request", "--file", "farm.yaml", "--dir", ".", "contoso"))
        .isOne();
    assertThat(sitting.err()).contains("exists already");
    assertThat(Files.readString(directory.resolve("contoso.key"))).isEqualTo(key);
  }

  @Test
  void withoutANameTheNamesAreListedAndNothingIsWritten() throws IOException {
    assertThat(sitting.type("lync", "csr", "--file", "farm.yaml")).isZero();
    assertThat(sitting.out()).contains(NAMES);
    assertThat(directory.resolve("contoso.key")).doesNotExist();
  }

  @Test
  void anAnswerWithEveryNameIsKeptBesideItsKey() throws Exception {
    sitting.type("lync", "csr", "--file", "farm.yaml", "--dir", ".", "contoso");
    answer("DNS:" + String.join(",DNS:", NAMES));

    assertThat(
            sitting.type(
                "certificate",
                "import",
                "--file",
                "farm.yaml",
                "--dir",
                ".",
                "contoso",
                "a.pem",
                "ca.pem"))
        .as(sitting.err())
        .isZero();
    assertThat(sitting.out())
        .contains("every name that is wanted is in it", "chainFile: contoso.pem");
    assertThat(directory.resolve("contoso.pem")).exists();
  }

  @Test
  void aNameThatTheAuthorityForgotIsNamed() throws Exception {
    sitting.type("lync", "csr", "--file", "farm.yaml", "--dir", ".", "contoso");
    answer(
        "DNS:webext01.contoso.com,DNS:webext02.contoso.com,DNS:webdirext.contoso.com,DNS:*.fabrikam.com");

    assertThat(
            sitting.type(
                "certificate",
                "import",
                "--file",
                "farm.yaml",
                "--dir",
                ".",
                "contoso",
                "a.pem",
                "ca.pem"))
        .isOne();
    assertThat(sitting.out())
        .contains("missing\n  meet.contoso.com\n  dialin.contoso.com\n")
        .doesNotContain("  meet.fabrikam.com\n", "  webext01");
  }

  @Test
  void anAnswerToAnotherKeyIsRefused() throws Exception {
    sitting.type("lync", "csr", "--file", "farm.yaml", "--dir", ".", "contoso");
    answer("DNS:webext01.contoso.com");
    Files.delete(directory.resolve("contoso.key"));
    sitting.type("lync", "csr", "--file", "farm.yaml", "--dir", ".", "contoso");

    assertThat(
            sitting.type(
                "certificate",
                "import",
                "--file",
                "farm.yaml",
                "--dir",
                ".",
                "contoso",
                "a.pem",
                "ca.pem"))
        .isOne();
    assertThat(directory.resolve("contoso.pem")).doesNotExist();
  }

  /// What a public authority would send back.
  private void answer(String names) throws Exception {
    openssl(
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "ca.key",
        "-out",
        "ca.pem",
        "-subj",
        "/CN=Lab CA",
        "-days",
        "30");
    Files.writeString(
        directory.resolve("ext"),
        "subjectAltName="
            + names
            + "\nextendedKeyUsage=serverAuth,clientAuth\nbasicConstraints=CA:FALSE\n");
    openssl(
        "x509",
        "-req",
        "-in",
        "contoso.csr",
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-days",
        "90",
        "-extfile",
        "ext",
        "-out",
        "a.pem");
  }
}
