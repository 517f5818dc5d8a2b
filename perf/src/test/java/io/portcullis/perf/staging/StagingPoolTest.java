package io.portcullis.perf.staging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StagingPoolTest {

  @TempDir private Path directory = Path.of("");

  private StagingPool pool;
  private StagingMember fe1;
  private StagingMember fe2;

  @BeforeEach
  void start() throws Exception {
    pool = StagingPool.start(StagingPool.Settings.twoMembers(directory));
    fe1 = pool.members().getFirst();
    fe2 = pool.members().getLast();
  }

  @AfterEach
  void stop() throws IOException {
    pool.close();
  }

  private Lab.Output overTls(StagingMember member, String name, String path, String... more)
      throws Exception {
    String[] arguments = new String[more.length + 5];
    arguments[0] = "--cacert";
    arguments[1] = pool.trustFile().toString();
    arguments[2] = "--connect-to";
    arguments[3] = "::" + Lab.at(member.https());
    arguments[4] = "https://" + name + path;
    System.arraycopy(more, 0, arguments, 5, more.length);
    return Lab.curl(arguments);
  }

  private static String inClear(StagingMember member, String path) {
    return "http://" + Lab.at(member.http()) + path;
  }

  @Test
  void everyNameOfTheCertificateVerifiesAgainstThePoolCa() throws Exception {
    for (String name :
        List.of("pool01.contoso.local", "fe1.contoso.local", "webext01.contoso.com")) {
      assertThat(overTls(fe1, name, "/").exit()).as(name).isZero();
    }
    assertThat(overTls(fe1, "fe2.contoso.local", "/").exit())
        .as("another member's name")
        .isEqualTo(60);
  }

  @Test
  void privateKeysAreReadableByTheOwnerOnly() throws IOException {
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.resolve("pool-ca.key"))))
        .isEqualTo("rw-------");
    try (var files = Files.list(directory)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("pool-ca.pem", "pool-ca.key", ".pool-ca.lock");
    }
  }

  @Test
  void trustSurvivesARestart() throws Exception {
    String before = Files.readString(pool.trustFile());
    pool.close();
    try (StagingPool again = StagingPool.start(StagingPool.Settings.twoMembers(directory))) {
      assertThat(Files.readString(again.trustFile())).isEqualTo(before);
      assertThat(overTls(again.members().getFirst(), "pool01.contoso.local", "/").exit()).isZero();
    }
  }

  @Test
  void echoNamesMemberConnectionAndTransport() throws Exception {
    StagingReport report =
        StagingReport.parse(
            overTls(
                    fe2,
                    "pool01.contoso.local",
                    "/meet?x=1",
                    "-H",
                    "Accept: application/json",
                    "-H",
                    "X-Twice: a",
                    "-H",
                    "x-TWICE: b",
                    "--tls-max",
                    "1.2")
                .stdout());

    assertThat(report.member()).isEqualTo("fe2.contoso.local");
    assertThat(report.scheme()).isEqualTo("https");
    assertThat(report.tls()).isEqualTo("TLSv1.2");
    assertThat(report.serverName()).isEqualTo("pool01.contoso.local");
    assertThat(report.requestLine()).isEqualTo("GET /meet?x=1 HTTP/1.1");
    assertThat(report.headers())
        .containsSubsequence(
            new StagingReport.Header("X-Twice", "a"), new StagingReport.Header("x-TWICE", "b"));
  }

  @Test
  void keptConnectionsAreCountedAsOne() throws Exception {
    String url = inClear(fe1, "/a");
    Lab.Output output = Lab.curl("-H", "Accept: application/json", url, url);
    Lab.Output next = Lab.curl(url);

    assertThat(output.stdout())
        .contains("\"connection\" : 1", "\"exchange\" : 1", "\"exchange\" : 2")
        .doesNotContain("\"connection\" : 2");
    assertThat(next.stdout()).contains("connection: 2, exchange 1");
    assertThat(fe1.connectionsAccepted()).isEqualTo(2);
  }

  @Test
  void rawRequestHeadComesBackByteForByte() throws IOException {
    String head =
        "GET /a<b>|\u00ff%2f%252F?q=\"\u0080 HTTP/1.1\r\nhOsT: x\r\nX-Odd:\t two  blanks \r\nConnection: close\r\n\r\n";

    assertThat(Lab.raw(fe1.http(), head)).endsWith("\n\n" + head);
  }

  @Test
  void jsonEchoKeepsBytesAboveAscii() throws IOException {
    String answer =
        Lab.raw(
            fe1.http(),
            "GET /\u00e9\u00ff HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\nConnection: close\r\n\r\n");
    String utf8 =
        new String(
            answer.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1),
            java.nio.charset.StandardCharsets.UTF_8);

    assertThat(StagingReport.parse(utf8.substring(utf8.indexOf("\r\n\r\n"))).requestLine())
        .isEqualTo("GET /\u00e9\u00ff HTTP/1.1");
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws IOException {
    String answers =
        Lab.raw(
            fe1.http(),
            "POST /sink HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
                + "GET /status/418 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

    assertThat(answers).containsSubsequence("HTTP/1.1 200 OK", "\"bytes\": 3", "HTTP/1.1 418 ");
  }

  @Test
  void bytesAreDeterministicAndRangesArePartsOfThem() throws Exception {
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    PatternContent.write(expected, 0, 300_000);
    String whole = expected.toString(java.nio.charset.StandardCharsets.ISO_8859_1);

    assertThat(Lab.curl(inClear(fe1, "/bytes/300000")).stdout()).isEqualTo(whole);
    assertThat(overTls(fe2, "pool01.contoso.local", "/bytes/300000").stdout()).isEqualTo(whole);
    assertThat(Lab.curl("-r", "65500-131100", inClear(fe2, "/bytes/300000")).stdout())
        .isEqualTo(whole.substring(65_500, 131_101));
    assertThat(Lab.curl("-r", "-10", "-i", inClear(fe2, "/bytes/300000")).stdout())
        .startsWith("HTTP/1.1 206")
        .contains("Content-Range: bytes 299990-299999/300000")
        .endsWith(whole.substring(299_990));
    assertThat(Lab.curl("-r", "300000-", "-i", inClear(fe2, "/bytes/300000")).stdout())
        .startsWith("HTTP/1.1 416")
        .contains("Content-Range: bytes */300000");
  }

  @Test
  void sinkHashesLengthAndChunkedBodiesAlike() throws Exception {
    Path file = directory.resolve("upload");
    try (var out = Files.newOutputStream(file)) {
      PatternContent.write(out, 0, 3_000_000);
    }
    String hash =
        HexFormat.of()
            .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    String expected = "{\"bytes\": 3000000, \"sha256\": \"" + hash + "\"}\n";

    assertThat(Lab.curl("--data-binary", "@" + file, inClear(fe1, "/sink")).stdout())
        .isEqualTo(expected);
    assertThat(
            overTls(
                    fe1,
                    "pool01.contoso.local",
                    "/sink",
                    "-T",
                    file.toString(),
                    "-H",
                    "Transfer-Encoding: chunked")
                .stdout())
        .isEqualTo(expected);
  }

  @Test
  void expectContinueIsHonouredBeforeTheBodyIsRead() throws Exception {
    Lab.Output output =
        Lab.curl(
            "-v",
            "-H",
            "Expect: 100-continue",
            "--expect100-timeout",
            "15",
            "-d",
            "abc",
            inClear(fe1, "/sink"));

    assertThat(output.stderr()).contains("< HTTP/1.1 100 Continue");
    assertThat(output.stdout()).contains("\"bytes\": 3");
  }

  @Test
  void statusAnswersWithoutAskingForTheBody() throws Exception {
    Lab.Output output =
        Lab.curl(
            "-v",
            "-H",
            "Expect: 100-continue",
            "--expect100-timeout",
            "15",
            "-d",
            "abc",
            inClear(fe1, "/status/401"));

    assertThat(output.stderr())
        .contains("< HTTP/1.1 401 Unauthorized", "< WWW-Authenticate: NTLM")
        .doesNotContain("100 Continue");
  }

  @Test
  void autodiscoverLinksToTheExternalNameOverTlsAndRedirectsInClear() throws Exception {
    String path = "/Autodiscover/AutodiscoverService.svc/root";

    assertThat(overTls(fe1, "pool01.contoso.local", path).stdout())
        .contains("\"AccessLocation\":\"External\"", "\"token\":\"Domain\"", "\"token\":\"User\"")
        .contains("https://webext01.contoso.com" + path + "/oauth/user");
    assertThat(
            Lab.curl("-H", "Host: LyncDiscover.contoso.com", inClear(fe2, "/?sipuri=a@contoso.com"))
                .stdout())
        .contains("\"token\":\"Redirect\"", "https://webext01.contoso.com" + path + "\"")
        .doesNotContain("Domain");
  }

  @Test
  void slowAnswersLate() throws Exception {
    long start = System.nanoTime();

    assertThat(Lab.curl(inClear(fe1, "/slow/1")).stdout()).isEqualTo("waited 1 s\n");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(1));
  }

  @Test
  void headAnswersWithoutContent() throws Exception {
    assertThat(Lab.curl("-I", inClear(fe1, "/bytes/1000000000000")).stdout())
        .startsWith("HTTP/1.1 200")
        .contains("Content-Length: 1000000000000");
  }

  @Test
  void ambiguousFramingIsRefusedAndTheConnectionClosed() throws IOException {
    assertThat(
            Lab.raw(
                fe1.http(),
                "POST /sink HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"))
        .startsWith("HTTP/1.1 400")
        .contains("Connection: close")
        .containsOnlyOnce("HTTP/1.1");
  }

  @Test
  void takenPortIsNamedAndNothingStaysBound() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var settings =
          new StagingPool.Settings(
              directory,
              InetAddress.getLoopbackAddress(),
              "pool01.contoso.local",
              List.of(),
              List.of(new StagingPool.MemberPorts("fe9", 0, taken.getLocalPort())));

      assertThatThrownBy(() -> StagingPool.start(settings))
          .hasMessageContaining("member fe9 cannot listen on 127.0.0.1:" + taken.getLocalPort())
          .hasMessageContaining("--member fe9=");
    }
  }
}
