package io.portcullis.proxy.journey;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.server.FreePort;
import io.portcullis.proxy.Eventually;
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
  private final FileFarm farm;

  NodeFromFileTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    this.farm = new FileFarm(directory);
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
    try (Nginx nginx = farm.pool();
        Child node =
            Child.node("run", "--file", farm.document("webext.contoso.com", nginx).toString())) {
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
        Nginx.introduced(directory.resolve("nginx"), "pool01.contoso.local", farm.poolCa)) {
      Path document =
          FileFarm.edit(
              farm.document("webext.contoso.com", nginx),
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
    farm.write(
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
    try (Nginx nginx = farm.pool()) {
      Path document = farm.document("webext.contoso.com", nginx);
      FileFarm.edit(
          document, "tls: {certificates", "proxyProtocolFrom: [127.0.0.9/32], tls: {certificates");
      FileFarm.edit(
          document, "deny: [/cscp],", "deny: [/cscp], http2: true, forwardedHeaders: replace,");
      int own = FreePort.one();
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
    try (Nginx nginx = farm.pool();
        Child node =
            Child.node(
                "run",
                "--file",
                farm.document("webext.contoso.com", nginx).toString(),
                "--drain-seconds",
                "5")) {
      node.line("serving revision 1");
      String https = port(node, "https");

      FileFarm.edit(directory.resolve("farm.yaml"), "paths:", "pahts:");
      node.signal("HUP");
      node.line("refused .*farm\\.yaml: still serving revision 1");
      Eventually.eventually("the problem is told", () -> node.errors().contains("pahts"));
      assertThat(get("webext.contoso.com", https, "/")).endsWith("200");

      farm.document("meet.contoso.com", nginx);
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
    try (Nginx nginx = farm.pool();
        Child node =
            Child.node(
                "run",
                "--file",
                farm.document("webext.contoso.com", nginx).toString(),
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
  void theTransportCanBeChosen() throws Exception {
    try (Nginx nginx = farm.pool();
        Child node =
            Child.node(
                "run",
                "--file",
                farm.document("webext.contoso.com", nginx).toString(),
                "--transport",
                "epoll")) {
      node.line("serving revision 1");
      assertThat(get("webext.contoso.com", port(node, "https"), "/")).endsWith("200");
      assertThat(curl("http://" + node.line("admin (.*)") + "/metrics"))
          .contains("portcullis_transport{kind=\"epoll\",} 1.0");
    }
  }
}
