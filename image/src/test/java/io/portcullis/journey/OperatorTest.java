package io.portcullis.journey;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.server.FreePort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// What an operator types against a running farm, from another directory, with nothing but an identity file.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OperatorTest {

  @TempDir static Path directory;
  @TempDir static Path elsewhere;
  private PublishedFarm published;

  @BeforeAll
  void publish() throws Exception {
    published = PublishedFarm.in(directory);
  }

  @AfterAll
  void stop() {
    published.close();
  }

  @Test
  void statusFitsAScreenAndNamesEverything() throws Exception {
    Program status = ctl("status");
    assertThat(status.exitCode()).as(status.output()).isZero();
    assertThat(status.output())
        .contains("contoso-edge", "node-1", "node-2", "pool01", "fe1.contoso.local", "https");
    assertThat(status.output().lines()).hasSizeLessThanOrEqualTo(24);
    assertThat(status.output().lines()).allMatch(line -> line.length() <= 80);
  }

  @Test
  void everyPublicNameAnswersThroughBothNodesFromTheSameMember() throws Exception {
    for (String name :
        List.of(
            "webext01.contoso.com",
            PublishedFarm.MEET,
            "meet.fabrikam.com",
            "dialin.contoso.com",
            "lyncdiscover.contoso.com",
            "lyncdiscover.fabrikam.com")) {
      try (WireClient one = published.connect(published.node1, name);
          WireClient two = published.connect(published.node2, name)) {
        WireClient.Response first = one.request(name, "/x", "Accept: application/json");
        WireClient.Response second = two.request(name, "/x", "Accept: application/json");
        assertThat(first.status()).as(name).isEqualTo(200);
        assertThat(memberOf(first)).as(name).isNotEmpty().isEqualTo(memberOf(second));
      }
    }
  }

  private static String memberOf(WireClient.Response response) {
    return response
        .text()
        .lines()
        .filter(line -> line.contains("\"member\""))
        .findFirst()
        .orElse("");
  }

  @Test
  void verifyAsksEveryNodeOfTheFarmAndSignsInThroughEach() throws Exception {
    Path password = Files.writeString(elsewhere.resolve("alice"), "Passw0rd!\n");
    Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));

    Program verify =
        ctl(
            "verify",
            "--ca",
            directory.resolve("public-ca.pem").toString(),
            "--user",
            "CONTOSO\\alice",
            "--password-file",
            password.toString());

    assertThat(verify.exitCode()).as(verify.output()).isZero();
    assertThat(verify.output())
        .containsPattern("V3 +fe2\\.contoso\\.local +TLS on port")
        .containsPattern("V17 +node-1 +NTLM on webext01\\S+ +ok +alice signed in")
        .containsPattern("V17 +node-2 +NTLM on webext01\\S+ +ok +alice signed in")
        .containsPattern("V10 +node-2 +http://lyncdiscover\\.fabrikam\\.com/")
        .contains(" 0 failed");
  }

  @Test
  void aDryRunAndAnUnchangedDocumentWriteNothing() throws Exception {
    String before = ctl("history", "--output", "json").output();
    Path changed =
        Files.writeString(
            directory.resolve("dry.yaml"), published.document("conference.contoso.com"));
    Program dry = ctl("apply", changed.toString(), "--dry-run");
    assertThat(dry.exitCode()).as(dry.output()).isZero();
    assertThat(dry.output()).contains("conference.contoso.com");
    Program diff = ctl("diff", changed.toString());
    assertThat(diff.output()).contains("conference.contoso.com");
    Program same = ctl("apply", directory.resolve("farm.yaml").toString());
    assertThat(same.exitCode()).as(same.output()).isZero();
    assertThat(ctl("history", "--output", "json").output()).isEqualTo(before);
  }

  @Test
  void aRefusedDocumentNamesEveryProblemAndChangesNothing() throws Exception {
    String before = ctl("history", "--output", "json").output();
    Path bad =
        Files.writeString(
            directory.resolve("bad.yaml"),
            """
            farm: contoso-edge
            listeners:
              - {name: http, bind: "127.0.0.1:80"}
              - {name: http, bind: "127.0.0.1:81", tsl: {}}
            certificates:
              - {name: contoso, chainFile: contoso.pem, keyFile: public-ca.pem}
            pools:
              - {name: pool01, members: [{host: fe1, address: 127.0.0.1, weight: heavy}], bridging: {http: 80}}
            rules:
              - {name: a, listener: http, publicNames: [a.contoso.com], pool: pool02}
              - {name: b, listener: http, publicNames: [b.contoso.com], redirect: https}
              - {name: c, listener: http, publicNames: [b.contoso.com], redirect: https}
            """);
    Program refused = ctl("apply", bad.toString());
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.output())
        .contains("listeners[1]", "tls", "weight", "pool02", "rules[2]", "->");
    assertThat(ctl("history", "--output", "json").output()).isEqualTo(before);
  }

  @Test
  void aKeyThatIsNotTheCertificatesIsRefused() throws Exception {
    Authority.Issued other = Authority.create(elsewhere, "other").issue("other", "x.contoso.com");
    Path bad =
        Files.writeString(
            directory.resolve("wrong-key.yaml"),
            published.document().replaceAll("keyFile: [^}]+", "keyFile: " + other.key()));
    Program refused = ctl("apply", bad.toString());
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.output())
        .contains("certificates[contoso].keyFile")
        .containsIgnoringCase("key");
  }

  @Test
  void aTokenServesOnce() throws Exception {
    String token =
        ctl("token", "create", "--role", "operator").awaitLine("(portcullis1\\.\\S+)").group(1);
    Path identity = elsewhere.resolve("mine.pem");
    Program first = join(token, identity);
    assertThat(first.exitCode()).as(first.output()).isZero();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(identity)))
        .isEqualTo("rw-------");
    Program status =
        Program.java(
            elsewhere,
            List.of(),
            "io.portcullis.farm.FarmCtl",
            "status",
            "--identity",
            identity.toString());
    assertThat(status.exitCode()).as(status.output()).isZero();
    Program second = join(token, elsewhere.resolve("again.pem"));
    assertThat(second.exitCode()).isEqualTo(1);
    assertThat(second.output()).containsIgnoringCase("used");
    assertThat(elsewhere.resolve("again.pem")).doesNotExist();
  }

  private Program join(String token, Path identity) throws Exception {
    Program joined =
        Program.java(
            elsewhere,
            List.of(),
            "io.portcullis.farm.FarmCtl",
            "join",
            token,
            "--identity",
            identity.toString());
    joined.exitCode();
    return joined;
  }

  @Test
  void aSecondCoordinatorOnTheSameDirectoryIsRefused() throws Exception {
    List<Integer> ports = FreePort.some(2);
    Program second =
        Program.java(
            directory,
            List.of(),
            "io.portcullis.farm.FarmCoordinator",
            "--state",
            directory.resolve("coordinator").toString(),
            "--farm",
            "contoso-edge",
            "--admin",
            "127.0.0.1:" + ports.get(0),
            "--zookeeper",
            "127.0.0.1:" + ports.get(1));
    assertThat(second.exitCode()).isEqualTo(1);
    assertThat(second.output()).contains(Long.toString(published.farm.coordinator().pid()));
  }

  @Test
  void withoutAnIdentityTheWayToOneIsNamed() throws Exception {
    Program refused =
        Program.java(
            elsewhere,
            List.of(),
            "io.portcullis.farm.FarmCtl",
            "status",
            "--identity",
            elsewhere.resolve("none.pem").toString());
    assertThat(refused.exitCode()).isNotZero();
    assertThat(refused.output()).contains("none.pem", "join");
  }

  @Test
  void aRollbackIsANewRevisionWithTheOldContent() throws Exception {
    published.farm.apply(published.document("seminar.contoso.com"));
    Program back = ctl("rollback", "1");
    assertThat(back.exitCode()).as(back.output()).isZero();
    Program source = ctl("get", "source");
    assertThat(source.output()).contains(PublishedFarm.MEET).doesNotContain("seminar.contoso.com");
  }

  private Program ctl(String... arguments) throws Exception {
    return published.farm.ctlFrom(elsewhere, arguments);
  }
}
