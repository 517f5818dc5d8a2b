package io.portcullis.proxy.journey;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.Eventually;
import io.portcullis.proxy.TestAuthority;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A node alone with a document, nginx behind it and curl in front of it.
class NodeFromFileTest {

  private final Path directory;
  private final TestAuthority publicCa = new TestAuthority("public CA");
  private final TestAuthority poolCa = new TestAuthority("pool CA");

  NodeFromFileTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    TestAuthority.Issued issued = publicCa.issue("webext.contoso.com", "meet.contoso.com");
    write("chain.pem", issued.chain() + publicCa.certificate());
    write("key.pem", issued.key());
    write("public-ca.pem", publicCa.certificate());
    write("pool-ca.pem", poolCa.certificate());
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text);
  }

  private Nginx pool() throws IOException {
    return new Nginx(directory.resolve("nginx"), "pool01.contoso.local", poolCa);
  }

  private Path document(String publicName, int httpsPort, int httpPort) throws IOException {
    write(
        "farm.yaml",
        """
        farm: contoso-edge
        listeners:
          - {name: https, bind: "127.0.0.1:0", tls: {certificates: [contoso], minVersion: TLSv1.2}}
          - {name: http, bind: "127.0.0.1:0"}
        certificates:
          - {name: contoso, chainFile: chain.pem, keyFile: key.pem}
        pools:
          - name: pool01
            members: [{host: fe1.contoso.local, address: 127.0.0.1}]
            bridging: {https: %d, http: %d}
            tls: {serverName: pool01.contoso.local, trustFile: pool-ca.pem}
            health: {get: /health, expect: 200, interval: 1s}
        rules:
          - {name: web, listener: https, publicNames: [%s], paths: [/], deny: [/cscp], pool: pool01}
          - {name: discover, listener: http, publicNames: [lyncdiscover.contoso.com], paths: [/], pool: pool01}
          - {name: to-https, listener: http, publicNames: ["*"], paths: [/], redirect: https}
        """
            .formatted(httpsPort, httpPort, publicName));
    return directory.resolve("farm.yaml");
  }

  private Path document(String publicName, Nginx nginx) throws IOException {
    return document(publicName, nginx.httpsPort(), nginx.httpPort());
  }

  private static Path edit(Path file, String from, String to) throws IOException {
    Files.writeString(file, Files.readString(file).replace(from, to));
    return file;
  }

  private String curl(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "curl",
                "-sS",
                "--max-time",
                "20",
                "--noproxy",
                "*",
                "--path-as-is",
                "--cacert",
                directory + "/public-ca.pem",
                "-w",
                " %{http_code}"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    boolean _ = process.waitFor(30, TimeUnit.SECONDS);
    return said;
  }

  private String get(String host, String port, String target)
      throws IOException, InterruptedException {
    return curl(
        "--resolve", host + ":" + port + ":127.0.0.1", "https://" + host + ":" + port + target);
  }

  private static String port(Child node, String listener) {
    return node.line("listening " + listener + " 127\\.0\\.0\\.1:(\\d+)");
  }

  @Test
  void publishesWhatTheDocumentSays() throws Exception {
    try (Nginx nginx = pool();
        Child node =
            Child.node("run", "--file", document("webext.contoso.com", nginx).toString())) {
      node.line("serving revision 1");
      String https = port(node, "https");
      String http = port(node, "http");

      assertThat(get("webext.contoso.com", https, "/abs/?q=%2e"))
          .isEqualTo("https pool01.contoso.local webext.contoso.com:" + https + " /abs/?q=%2e 200");
      assertThat(get("webext.contoso.com", https, "/%63scp/")).endsWith("404");
      assertThat(get("meet.contoso.com", https, "/")).endsWith("404");
      assertThat(curl("-H", "Host: lyncdiscover.contoso.com", "http://127.0.0.1:" + http + "/?a=b"))
          .isEqualTo("http  lyncdiscover.contoso.com /?a=b 200");
      assertThat(
              curl(
                  "-H",
                  "Host: meet.contoso.com",
                  "-o",
                  "/dev/null",
                  "-w",
                  "%{http_code} %{redirect_url}",
                  "http://127.0.0.1:" + http + "/x?y"))
          .isEqualTo("301 https://meet.contoso.com:" + https + "/x?y");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v2"})
  void aMemberThatWantsToKnowIsToldWhoTheClientIs(String version) throws Exception {
    try (Nginx nginx =
        Nginx.introduced(directory.resolve("nginx"), "pool01.contoso.local", poolCa)) {
      Path document =
          edit(
              document("webext.contoso.com", nginx),
              "bridging: {",
              "bridging: {proxyProtocol: " + version + ", ");
      try (Child node = Child.node("run", "--file", document.toString())) {
        node.line("serving revision 1");
        String https = port(node, "https");
        String http = port(node, "http");
        for (int client = 2; client <= 3; client++) {
          String from = "127.0.0." + client;
          assertThat(
                  curl(
                      "--interface",
                      from,
                      "--local-port",
                      "20000-60000",
                      "--resolve",
                      "webext.contoso.com:" + https + ":127.0.0.1",
                      "https://webext.contoso.com:" + https + "/who"))
              .matches(from + ":[2-6]\\d{4} to 127\\.0\\.0\\.1:" + https + " 200");
          assertThat(
                  curl(
                      "--interface",
                      from,
                      "-H",
                      "Host: lyncdiscover.contoso.com",
                      "http://127.0.0.1:" + http + "/who"))
              .startsWith(from + ":")
              .endsWith(" to 127.0.0.1:" + http + " 200");
        }
      }
    }
  }

  /// HAProxy in front speaks from 127.0.0.9, for a client at 127.0.0.2.
  private Child balancer(String port, int own) throws IOException {
    write(
        "haproxy.cfg",
        """
        defaults
          mode tcp
          timeout connect 5s
          timeout client 20s
          timeout server 20s
        frontend in
          bind 127.0.0.1:%d
          default_backend out
        backend out
          server node 127.0.0.1:%s send-proxy-v2 source 127.0.0.9
        """
            .formatted(own, port));
    return new Child(List.of("/usr/sbin/haproxy", "-db", "-f", directory + "/haproxy.cfg"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--http1.1", "--http2"})
  void aBalancerInFrontConveysTheClientBeforeTls(String version) throws Exception {
    try (Nginx nginx = pool()) {
      Path document = document("webext.contoso.com", nginx);
      edit(document, "tls: {certificates", "proxyProtocolFrom: [127.0.0.9/32], tls: {certificates");
      edit(document, "deny: [/cscp],", "deny: [/cscp], http2: true, forwardedHeaders: replace,");
      int own = Nginx.freePort();
      try (Child node = Child.node("run", "--file", document.toString())) {
        node.line("serving revision 1");
        String https = port(node, "https");
        try (Child _ = balancer(https, own)) {
          Eventually.eventually("HAProxy accepts", () -> Nginx.accepts(own));
          assertThat(
                  curl(
                      version,
                      "--interface",
                      "127.0.0.2",
                      "-H",
                      "X-Forwarded-For: 203.0.113.66",
                      "-w",
                      " %{http_version} %{http_code}",
                      "--connect-to",
                      "webext.contoso.com:443:127.0.0.1:" + own,
                      "https://webext.contoso.com/forwarded"))
              .isEqualTo(
                  "127.0.0.2 https webext.contoso.com"
                      + " for=127.0.0.2;proto=https;host=\"webext.contoso.com\" "
                      + version.substring("--http".length())
                      + " 200");
        }
      }
    }
  }

  @Test
  void badFileKeepsTheOldOneServingAndAGoodOneSwitches() throws Exception {
    try (Nginx nginx = pool();
        Child node =
            Child.node(
                "run",
                "--file",
                document("webext.contoso.com", nginx).toString(),
                "--drain-seconds",
                "5")) {
      node.line("serving revision 1");
      String https = port(node, "https");

      edit(directory.resolve("farm.yaml"), "paths:", "pahts:");
      node.signal("HUP");
      node.line("refused .*farm\\.yaml: still serving revision 1");
      Eventually.eventually("the problem is told", () -> node.errors().contains("pahts"));
      assertThat(get("webext.contoso.com", https, "/")).endsWith("200");

      document("meet.contoso.com", nginx);
      node.signal("HUP");
      node.line("serving revision 2");
      assertThat(get("meet.contoso.com", https, "/")).endsWith("200");
      assertThat(get("webext.contoso.com", https, "/")).endsWith("404");

      node.signal("TERM");
      assertThat(node.exitCode()).isZero();
    }
  }

  @Test
  void logIsWrittenAndOpenedAnewOnHangup() throws Exception {
    Path log = directory.resolve("access.log");
    try (Nginx nginx = pool();
        Child node =
            Child.node(
                "run",
                "--file",
                document("webext.contoso.com", nginx).toString(),
                "--access-log",
                log.toString(),
                "--access-log-format",
                "w3c")) {
      node.line("access log " + log);
      node.line("serving revision 1");
      String https = port(node, "https");
      assertThat(get("webext.contoso.com", https, "/one?sl=1&t=x")).endsWith("200");
      Eventually.eventually("a line", () -> read(log).contains("/one"));
      assertThat(read(log))
          .contains("#Fields: ", " GET webext.contoso.com /one sl=1&t=* 200 ", " web pool01 fe1.")
          .contains(" TLSv1.3 TLS_AES_");

      Path moved = directory.resolve("moved.log");
      Files.move(log, moved);
      node.signal("HUP");
      Eventually.eventually("a new file", () -> read(log).contains("#Fields: "));
      assertThat(get("webext.contoso.com", https, "/two")).endsWith("200");
      node.signal("TERM");
      assertThat(node.exitCode()).isZero();
      assertThat(read(log)).contains("/two").doesNotContain("/one");
      assertThat(read(moved)).doesNotContain("/two");
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }

  @Test
  void badFileIsRefusedAtStartWithEveryProblem() throws Exception {
    Path file = edit(document("webext.contoso.com", 4443, 8080), "pool: pool01}", "pool: pool02}");
    edit(file, "farm: contoso-edge", "farm: contoso-edge\nfram: typo");
    try (Child node = Child.node("run", "--file", file.toString())) {
      assertThat(node.exitCode()).isEqualTo(1);
      assertThat(node.errors()).contains("pool02").contains("fram").contains("->");
    }
  }

  @Test
  void missingFilesAreNamedAllAtOnce() throws Exception {
    Path file = document("webext.contoso.com", 4443, 8080);
    Files.delete(directory.resolve("pool-ca.pem"));
    Files.delete(directory.resolve("key.pem"));
    try (Child node = Child.node("run", "--file", file.toString())) {
      assertThat(node.exitCode()).isEqualTo(1);
      assertThat(node.errors())
          .contains("pools[0].tls.trustFile")
          .contains("certificates[0].keyFile");
    }
  }

  @Test
  void takenPortIsRefusedAndSaysWhichListener() throws Exception {
    try (Nginx nginx = pool()) {
      String taken = "127.0.0.1:" + nginx.httpPort();
      Path file = document("webext.contoso.com", 4443, 8080);
      try (Child node = Child.node("run", "--file", file.toString(), "--listen", "http=" + taken)) {
        assertThat(node.exitCode()).isEqualTo(1);
        assertThat(node.errors()).contains("listener http").contains(taken);
      }
    }
  }

  @Test
  void memberThatIsOurOwnListenerIsRefused() throws Exception {
    Path file = document("webext.contoso.com", 4443, 8080);
    try (Child node =
        Child.node("run", "--file", file.toString(), "--listen", "https=127.0.0.1:4443")) {
      assertThat(node.exitCode()).isEqualTo(1);
      assertThat(node.errors()).contains("fe1.contoso.local").contains("circles");
    }
  }

  @Test
  void wrongUsageIsTwo() throws Exception {
    try (Child node = Child.node("run", "--file", "x", "--state", "y")) {
      assertThat(node.exitCode()).isEqualTo(2);
    }
    try (Child node = Child.node("run", "--file", "x", "--join", "y")) {
      assertThat(node.exitCode()).isEqualTo(2);
    }
  }

  @Test
  void nodeWithoutIdentityIsToldHowToJoin() throws Exception {
    try (Child node = Child.node("run", "--state", directory.resolve("state").toString())) {
      assertThat(node.exitCode()).isEqualTo(1);
      assertThat(node.errors()).contains("token create").contains("--join");
    }
  }
}
