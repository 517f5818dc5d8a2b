package io.portcullis.journey;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// nginx as the member, curl and openssl as the clients: peers that do not share our misunderstandings.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RealPeersTest {

  private static final int BIG_BODY_BYTES = 30_000_000;

  @TempDir static Path directory;
  private Nginx nginx;
  private SingleNode node;

  @BeforeAll
  void start() throws Exception {
    Authority pool = Authority.create(directory, "pool");
    nginx =
        Nginx.start(
            Files.createDirectory(directory.resolve("nginx")),
            pool.issue("member", "pool01.contoso.local"),
            """
            location /echo { default_type text/plain; return 200 "$request|$http_host|$http_x_forwarded_for|$http_via|$http_authorization"; }
            location /auth { add_header WWW-Authenticate Negotiate always; add_header WWW-Authenticate NTLM always; return 401; }
            """);
    Files.writeString(nginx.root.resolve("hello.txt"), "hello from nginx\n");
    node =
        SingleNode.start(
            directory,
            "[" + SingleNode.member("fe1.contoso.local", nginx.httpsPort, nginx.httpPort) + "]",
            pool.trust);
  }

  @AfterAll
  void stop() {
    node.close();
    nginx.close();
  }

  @Test
  void curlGetsThroughOverTls12AndTls13() throws Exception {
    for (String version : List.of("1.2", "1.3")) {
      Program curl =
          curl(
              "/hello.txt",
              "--tlsv" + version,
              "--tls-max",
              version,
              "-w",
              "%{ssl_verify_result} %{http_version}");
      assertThat(curl.output()).as("TLS %s", version).isEqualTo("hello from nginx\n0 1.1");
    }
  }

  @Test
  void aClientWithoutSniGetsTheDefaultCertificate() throws Exception {
    Program curl = curl("https://127.0.0.1:" + node.https + "/hello.txt");
    assertThat(curl.output()).isEqualTo("hello from nginx\n");
  }

  @Test
  void hostAndTargetReachTheMemberByteForByte() throws Exception {
    String target = "/echo/a%2Fb//c;d='x'/?WopiSrc=https%253A%252F%252Fh&<fs=FULLSCREEN&>";
    try (WireClient client = client()) {
      String host = "WebExt01.Contoso.com:443";
      assertThat(client.request(host, target).text())
          .isEqualTo("GET " + target + " HTTP/1.1|" + host + "|||");
    }
  }

  @Test
  void spoofedForwardingHeadersDoNotSurviveAndNoViaIsAdded() throws Exception {
    try (WireClient client = client()) {
      assertThat(
              client
                  .request(
                      SingleNode.PUBLIC_NAME,
                      "/echo",
                      "X-Forwarded-For: 6.6.6.6",
                      "Authorization: Bearer cwt=abc")
                  .text())
          .isEqualTo("GET /echo HTTP/1.1|" + SingleNode.PUBLIC_NAME + "|||Bearer cwt=abc");
    }
  }

  @Test
  void repeatedWwwAuthenticateLinesStayTwo() throws Exception {
    try (WireClient client = client()) {
      assertThat(client.request(SingleNode.PUBLIC_NAME, "/auth").head())
          .containsSubsequence("WWW-Authenticate: Negotiate\r\n", "WWW-Authenticate: NTLM\r\n");
    }
  }

  @Test
  void aBigUploadArrivesWhole() throws Exception {
    byte[] body = new byte[BIG_BODY_BYTES];
    new Random(7).nextBytes(body);
    Path file = Files.write(directory.resolve("big.bin"), body);
    Program curl =
        curl(
            "/put/big.bin",
            "-T",
            file.toString(),
            "-H",
            "Expect: 100-continue",
            "-w",
            "%{http_code}");
    assertThat(curl.output()).isEqualTo("201");
    assertThat(sha256(Files.readAllBytes(nginx.root.resolve("put/big.bin"))))
        .isEqualTo(sha256(body));
  }

  @Test
  void aChunkedUploadArrivesWhole() throws Exception {
    byte[] body = new byte[1_000_000];
    new Random(8).nextBytes(body);
    Path file = Files.write(directory.resolve("chunked.bin"), body);
    Program curl =
        curl(
            "/put/chunked.bin",
            "-T",
            file.toString(),
            "-H",
            "Transfer-Encoding: chunked",
            "-w",
            "%{http_code}");
    assertThat(curl.output()).isEqualTo("201");
    assertThat(Files.readAllBytes(nginx.root.resolve("put/chunked.bin"))).isEqualTo(body);
  }

  @Test
  void continueIsRelayedToAClientThatWaits() throws Exception {
    try (WireClient client = client()) {
      client.send(
          "PUT /put/waited.txt HTTP/1.1\r\nHost: "
              + SingleNode.PUBLIC_NAME
              + "\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
      assertThat(client.head()).startsWith("HTTP/1.1 100 ");
      client.send("12345");
      assertThat(client.response().status()).isEqualTo(201);
    }
    assertThat(Files.readString(nginx.root.resolve("put/waited.txt"))).isEqualTo("12345");
  }

  @Test
  void rangesPass() throws Exception {
    Program curl = curl("/hello.txt", "-r", "6-9", "-w", "|%{http_code}");
    assertThat(curl.output()).isEqualTo("from|206");
  }

  @Test
  void theWholeChainIsServed() throws Exception {
    Program openssl =
        Program.finished(
            directory,
            List.of(
                "openssl",
                "s_client",
                "-connect",
                "127.0.0.1:" + node.https,
                "-servername",
                SingleNode.PUBLIC_NAME,
                "-CAfile",
                node.publicTrust.toString(),
                "-verify_return_error",
                "-showcerts"));
    assertThat(openssl.output())
        .contains("Verification: OK", "s:CN = " + SingleNode.PUBLIC_NAME, "s:CN = issuing CA");
  }

  @Test
  void anOldProtocolIsRefused() throws Exception {
    Program openssl =
        Program.finished(
            directory,
            List.of(
                "openssl",
                "s_client",
                "-connect",
                "127.0.0.1:" + node.https,
                "-tls1_1",
                "-cipher",
                "ALL:@SECLEVEL=0"));
    assertThat(openssl.output()).contains("Cipher is (NONE)");
  }

  @Test
  void unknownNamesAreDenied() throws Exception {
    try (WireClient client = client()) {
      assertThat(client.request("unknown.example.org", "/hello.txt").status()).isEqualTo(404);
      assertThat(client.request(SingleNode.PUBLIC_NAME, "/hello.txt").status())
          .as("the connection stays usable")
          .isEqualTo(200);
    }
  }

  @Test
  void clearRequestsAreForwardedForDiscoveryAndRedirectedElsewhere() throws Exception {
    try (WireClient client = WireClient.clear(node.http)) {
      assertThat(client.request("lyncdiscover.contoso.com", "/hello.txt").text())
          .isEqualTo("hello from nginx\n");
      WireClient.Response redirect = client.request(SingleNode.PUBLIC_NAME, "/a%20b?c=<d>");
      assertThat(redirect.status()).isEqualTo(301);
      assertThat(redirect.header("Location"))
          .isEqualTo("https://" + SingleNode.PUBLIC_NAME + ":" + node.https + "/a%20b?c=<d>");
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws Exception {
    try (WireClient client = client()) {
      String host = "\r\nHost: " + SingleNode.PUBLIC_NAME + "\r\n\r\n";
      client.send(
          "GET /echo/1 HTTP/1.1"
              + host
              + "GET /echo/2 HTTP/1.1"
              + host
              + "GET /echo/3 HTTP/1.1"
              + host);
      for (int i = 1; i <= 3; i++) {
        assertThat(client.response().text()).startsWith("GET /echo/" + i + " ");
      }
    }
  }

  private WireClient client() throws Exception {
    return WireClient.tls(
        WireClient.trusting(node.publicTrust), SingleNode.PUBLIC_NAME, node.https);
  }

  /// Real curl on a path or an https URL, certificate verified against the test's own authority.
  private Program curl(String path, String... arguments) throws Exception {
    List<String> command = node.curl(path);
    command.addAll(Arrays.asList(arguments));
    Program curl = Program.finished(directory, command);
    assertThat(curl.exitCode())
        .as("%s%n%s%nnode: %s", command, curl.output(), node.process.output())
        .isZero();
    return curl;
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
