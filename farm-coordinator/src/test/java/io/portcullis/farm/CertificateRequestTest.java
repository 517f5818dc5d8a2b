package io.portcullis.farm;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.cli.Sitting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A key that is made in the farm, its request, and a real openssl as the authority that answers it.
class CertificateRequestTest {
  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private static final String DOCUMENT =
      """
      farm: edge
      listeners:
        - {name: https, bind: "127.0.0.1:8443", tls: {certificates: [contoso]}}
      certificates:
        - {name: contoso}
      lync:
        version: 2013
        sipDomains: [contoso.com]
        pools:
          - name: pool01
            externalFqdn: webext01.contoso.com
            members: [{host: fe1.contoso.local, address: 10.0.0.11}]
            tls: {serverName: pool01.contoso.local, trustFile: ca.pem}
        simpleUrls: {meet: [meet.contoso.com], dialin: dialin.contoso.com}
      """;

  private static final List<String> NAMES =
      List.of(
          "webext01.contoso.com",
          "meet.contoso.com",
          "dialin.contoso.com",
          "lyncdiscover.contoso.com");

  @TempDir private Path directory = Path.of("");
  private Path home = Path.of("");
  private Coordinator coordinator;
  private Sitting operator;

  @BeforeEach
  void start() throws Exception {
    coordinator =
        Coordinator.start(
            new CoordinatorOptions(directory.resolve("state"), "edge", ANY, ANY, "127.0.0.1"),
            InstantSource.system(),
            _ -> {});
    home = Files.createDirectory(directory.resolve("home"));
    operator =
        new Sitting(home, FarmCtl::join)
            .with("PORTCULLIS_IDENTITY", coordinator.operatorPem().toString());
    Files.writeString(home.resolve("farm.yaml"), DOCUMENT);
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
  }

  @AfterEach
  void stop() {
    coordinator.close();
  }

  private void openssl(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).directory(home.toFile()).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(out).isZero();
  }

  private void answer(List<String> names) throws Exception {
    Files.writeString(
        home.resolve("ext"),
        "subjectAltName=DNS:"
            + String.join(",DNS:", names)
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
        "answer.pem");
  }

  private void request() {
    assertThat(operator.type("lync", "csr", "--file", "farm.yaml", "contoso"))
        .as(operator.err())
        .isZero();
  }

  @Test
  void theKeyStaysInTheFarmAndTheAnswerIsPublishedByName() throws Exception {
    request();
    assertThat(operator.out())
        .contains(NAMES)
        .contains("sealed in the farm", "farmctl certificate import contoso ANSWER");
    assertThat(operator.type("certificate", "list")).isZero();
    assertThat(operator.out())
        .contains(
            "the farm holds no certificate", "contoso: requested by ", "waits for its answer");
    assertThat(operator.type("apply", "farm.yaml")).isOne();
    assertThat(operator.err()).contains("the farm holds no certificate \"contoso\" yet");

    answer(NAMES);
    assertThat(operator.type("certificate", "import", "contoso", "answer.pem", "ca.pem"))
        .as(operator.err())
        .isZero();
    assertThat(operator.out())
        .contains("every name that is wanted is in it", "kept     in the farm, version 1");
    assertThat(operator.type("apply", "farm.yaml")).as(operator.err()).isZero();

    assertThat(operator.type("certificate", "list")).isZero();
    assertThat(operator.out())
        .containsPattern(
            "contoso +1 +(89|90) +pool01-web lyncdiscover-https simple-meet simple-dialin +webext01")
        .doesNotContain("waits");
  }

  @Test
  void noFileAndNoAnswerHoldsTheKey() throws Exception {
    request();
    answer(NAMES);
    operator.type("certificate", "import", "contoso", "answer.pem", "ca.pem");

    try (Stream<Path> files = Files.walk(home)) {
      assertThat(files.filter(Files::isRegularFile))
          .noneMatch(file -> !file.endsWith("ca.key") && read(file).contains("PRIVATE KEY"));
    }
    try (Stream<Path> files = Files.walk(directory.resolve("state/ensemble"))) {
      assertThat(files.filter(Files::isRegularFile))
          .noneMatch(file -> read(file).contains("PRIVATE KEY"));
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void theSameRequestIsGivenAgainAndAnotherNeedsAWord() throws Exception {
    request();
    String first = Files.readString(home.resolve("contoso.csr"));
    request();
    assertThat(Files.readString(home.resolve("contoso.csr"))).isEqualTo(first);
    assertThat(operator.out()).contains("waits in the farm already");

    String[] other = {"certificate", "request", "--public-name", "web.contoso.com", "contoso"};
    assertThat(operator.type(other)).isOne();
    assertThat(operator.err()).contains("waits since", "--again");
    assertThat(
            operator.type(
                "certificate", "request", "--public-name", "Web.contoso.com", "--again", "contoso"))
        .as(operator.err())
        .isZero();
    assertThat(Files.readString(home.resolve("contoso.csr"))).isNotEqualTo(first);
  }

  @Test
  void anAnswerThatLacksNamesIsKeptAndSaysWhich() throws Exception {
    request();
    answer(List.of("webext01.contoso.com", "*.contoso.com"));
    assertThat(operator.type("certificate", "import", "contoso", "answer.pem", "ca.pem"))
        .as("a wildcard covers the others: " + operator.out())
        .isZero();

    request();
    answer(List.of("webext01.contoso.com"));
    assertThat(operator.type("certificate", "import", "contoso", "answer.pem", "ca.pem")).isOne();
    assertThat(operator.out())
        .contains("missing\n  meet.contoso.com\n  dialin.contoso.com\n  lyncdiscover.contoso.com");
  }

  @Test
  void anAnswerToAnotherKeyChangesNothing() throws Exception {
    request();
    answer(NAMES);
    assertThat(operator.type("lync", "csr", "--file", "farm.yaml", "--again", "contoso")).isZero();

    assertThat(operator.type("certificate", "import", "contoso", "answer.pem", "ca.pem")).isOne();
    assertThat(operator.err()).contains("nothing was kept");
    assertThat(operator.type("certificate", "list")).isZero();
    assertThat(operator.out()).contains("the farm holds no certificate", "waits for its answer");

    assertThat(operator.type("certificate", "import", "nobody", "answer.pem")).isNotZero();
    assertThat(operator.err()).contains("no request for \"nobody\" waits here");
  }

  @Test
  void namesThatAreNoneAreRefused() {
    for (String name :
        List.of("a b.com", "-x.com", "localhost", "*.*.com", "x".repeat(64) + ".com")) {
      assertThat(operator.type("certificate", "request", "--public-name", name, "contoso"))
          .as(name)
          .isNotZero();
      assertThat(operator.err()).contains("is not a host name");
    }
    assertThat(operator.type("certificate", "request", "--public-name", "a.com", "../x"))
        .isNotZero();
  }
}
