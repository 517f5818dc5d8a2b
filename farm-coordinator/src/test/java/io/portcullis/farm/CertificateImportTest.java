package io.portcullis.farm;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.cli.Sitting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Certificates that come with their key, as Windows and openssl export them, on their way into a real farm.
class CertificateImportTest {
  private static final String PASSWORD = "a pass word, ü too";

  @TempDir private Path directory = Path.of("");
  private Path home = Path.of("");
  private Bench bench;
  private Sitting operator;

  @BeforeEach
  void start() throws Exception {
    bench = Bench.start(directory);
    home = Files.createDirectory(directory.resolve("home"));
    operator =
        new Sitting(home, FarmCtl::join)
            .with("PORTCULLIS_IDENTITY", bench.state().resolve("operator.pem").toString());
    bench.files("webext01.contoso.com").forEach((name, text) -> write(name, text));
    secret("password", PASSWORD + "\nand a second line\n");
    write(
        "farm.yaml",
        Bench.document(1).replace(", chainFile: contoso.pem, keyFile: contoso.key", ""));
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private void write(String name, String text) {
    try {
      Files.writeString(home.resolve(name), text);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void secret(String name, String text) throws IOException {
    write(name, text);
    Files.setPosixFilePermissions(home.resolve(name), PosixFilePermissions.fromString("rw-------"));
  }

  /// @param more of openssl's ways to seal it
  private void export(String chain, String... more) throws Exception {
    List<String> command =
        new java.util.ArrayList<>(
            List.of(
                "openssl",
                "pkcs12",
                "-export",
                "-in",
                chain,
                "-inkey",
                "contoso.key",
                "-out",
                "contoso.pfx",
                "-passout",
                "file:password"));
    command.addAll(List.of(more));
    Process process =
        new ProcessBuilder(command).directory(home.toFile()).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(out).isZero();
  }

  private int take(String file) {
    return operator.type("certificate", "import", "--password-file", "password", "contoso", file);
  }

  @Test
  void aPkcs12FileIsKeptSealedAndPublishedByName() throws Exception {
    export("contoso.pem");
    assertThat(take("contoso.pfx")).as(operator.err()).isZero();
    assertThat(operator.out()).contains("kept     in the farm, version 1");
    assertThat(operator.type("apply", "farm.yaml", "--no-wait")).as(operator.err()).isZero();
    assertThat(
            Bench.holds(
                bench.state().resolve("ensemble"),
                "PRIVATE KEY".getBytes(StandardCharsets.US_ASCII)))
        .isFalse();
    assertThat(operator.type("audit", "--output", "json")).isZero();
    assertThat(operator.out()).contains("imported certificate contoso, version 1");
  }

  @Test
  void filesAsOlderWindowsSealsThemAreReadToo() throws Exception {
    String[] older = {"-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"};
    export("contoso.pem", older);
    assertThat(take("contoso.pfx")).isEqualTo(2);
    assertThat(operator.err()).contains("with a password of plain letters");
    secret("password", "plain letters");
    export("contoso.pem", older);
    assertThat(take("contoso.pfx")).as(operator.err()).isZero();
  }

  @Test
  void aPemChainMayBringItsKeyToo() {
    assertThat(
            operator.type(
                "certificate", "import", "--key", "contoso.key", "contoso", "contoso.pem"))
        .as(operator.err())
        .isZero();
    assertThat(operator.out()).contains("version 1");
  }

  @Test
  void anIncompleteChainIsRefusedAndNamesWhatIsMissing() throws Exception {
    String chain = Files.readString(home.resolve("contoso.pem"));
    write("leaf.pem", chain.substring(0, chain.indexOf("-----BEGIN", 1)));
    export("leaf.pem");
    assertThat(take("contoso.pfx")).isOne();
    assertThat(operator.err())
        .contains("the chain is incomplete: the certificate of ", "public farm CA", "is missing")
        .contains("nothing was kept");
    assertThat(operator.type("certificate", "list")).isZero();
    assertThat(operator.out()).doesNotContain("contoso  ");
    assertThat(
            operator.type(
                "certificate",
                "import",
                "--password-file",
                "password",
                "contoso",
                "contoso.pfx",
                "root.pem"))
        .as("what is missing may come beside it: " + operator.err())
        .isZero();
  }

  @Test
  void aWrongPasswordADamagedFileAndOneWithoutKeyAreToldApart() throws Exception {
    export("contoso.pem");
    secret("password", "another");
    assertThat(take("contoso.pfx")).isEqualTo(2);
    assertThat(operator.err()).contains("the password does not open it").doesNotContain("another");

    secret("password", PASSWORD);
    byte[] whole = Files.readAllBytes(home.resolve("contoso.pfx"));
    Files.write(home.resolve("half.pfx"), java.util.Arrays.copyOf(whole, whole.length / 2));
    assertThat(take("half.pfx")).isEqualTo(2);
    assertThat(operator.err()).contains("not a PKCS #12 file, or is damaged");

    export("contoso.pem", "-nokeys");
    assertThat(take("contoso.pfx")).isEqualTo(2);
    assertThat(operator.err()).contains("it holds no private key");
  }

  @Test
  void aPasswordThatOthersMayReadIsNotTaken() throws Exception {
    export("contoso.pem");
    Files.setPosixFilePermissions(
        home.resolve("password"), PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(take("contoso.pfx")).isEqualTo(2);
    assertThat(operator.err()).contains("others may read the password");
  }

  @Test
  void aNameThatNoCertificateCarriesIsRefusedUnlessItIsMeant() throws Exception {
    export("contoso.pem");
    assertThat(take("contoso.pfx")).as(operator.err()).isZero();
    write(
        "farm.yaml",
        Files.readString(home.resolve("farm.yaml"))
            .replace("[webext01.contoso.com]", "[webext01.contoso.com, meet.contoso.com]"));
    assertThat(operator.type("apply", "farm.yaml", "--no-wait")).isOne();
    assertThat(operator.err())
        .contains("no certificate of listener \"https\" carries meet.contoso.com")
        .contains("--allow-uncovered-names", "the farm is unchanged");
    assertThat(operator.type("diff", "farm.yaml"))
        .as("comparing is free: " + operator.err())
        .isZero();
    assertThat(operator.type("apply", "farm.yaml", "--no-wait", "--allow-uncovered-names"))
        .as(operator.err())
        .isZero();
    assertThat(operator.err()).contains("carries meet.contoso.com");
  }
}
