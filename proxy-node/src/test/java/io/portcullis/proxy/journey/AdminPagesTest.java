package io.portcullis.proxy.journey;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node's own pages, read with curl, against what was sent through it.
class AdminPagesTest {

  private static final String HOST = "webext.contoso.com";

  private final Path directory;
  private final FileFarm farm;

  AdminPagesTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    this.farm = new FileFarm(directory);
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    boolean _ = process.waitFor(30, TimeUnit.SECONDS);
    return said;
  }

  private String curl(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("curl", "-sS", "--max-time", "20", "--noproxy", "*"));
    command.addAll(List.of("--cacert", directory + "/public-ca.pem", "-w", "\n%{http_code}"));
    command.addAll(List.of(arguments));
    return run(command.toArray(String[]::new));
  }

  private String https(String port, String target, String... more)
      throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of(more));
    arguments.addAll(
        List.of(
            "--resolve",
            HOST + ":" + port + ":127.0.0.1",
            "https://" + HOST + ":" + port + target));
    return curl(arguments.toArray(String[]::new));
  }

  private Child node(Nginx nginx) throws IOException {
    return Child.node(
        "run", "--file", farm.document(HOST, nginx).toString(), "--admin", "127.0.0.1:0");
  }

  private static String port(Child node, String listener) {
    return node.line("listening " + listener + " 127\\.0\\.0\\.1:(\\d+)");
  }

  @Test
  void numbersAreThoseOfWhatWasSent() throws Exception {
    try (Nginx nginx = farm.pool();
        Child node = node(nginx)) {
      String admin = "http://" + node.line("admin (127\\.0\\.0\\.1:\\d+)");
      node.line("serving revision 1");
      String https = port(node, "https");
      String http = port(node, "http");
      assertThat(https(https, "/one")).endsWith("200");
      assertThat(https(https, "/two", "--tls-max", "1.2")).endsWith("200");
      assertThat(https(https, "/cscp")).endsWith("404");
      assertThat(curl("http://127.0.0.1:" + http + "/x")).endsWith("301");
      assertThat(curl("--cacert", "/dev/null", "https://127.0.0.1:" + https)).endsWith("000");
      resumed(https);
      try (Socket garbage = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(https))) {
        garbage
            .getOutputStream()
            .write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        garbage.getOutputStream().flush();
        assertThat(garbage.getInputStream().readAllBytes()).isNotNull();
      }

      Eventually.eventually(
          "all is counted",
          () -> metrics(admin).contains("termination=\"COMPLETE\",side=\"\",phase=\"\",} 5.0"));
      assertThat(metrics(admin))
          .contains(
              "portcullis_requests_total{rule=\"web\",status=\"2xx\",} 2.0",
              "portcullis_requests_total{rule=\"web\",status=\"4xx\",} 1.0",
              "portcullis_requests_total{rule=\"to-https\",status=\"3xx\",} 1.0",
              "portcullis_request_duration_seconds_count{rule=\"web\",pool=\"pool01\",member=\"fe1.contoso.local\",} 2.0",
              "portcullis_terminations_total{termination=\"COMPLETE\",side=\"\",phase=\"\",} 5.0",
              "portcullis_tls_handshakes_total{version=\"TLSv1.2\",resumed=\"false\",} 1.0",
              "portcullis_tls_handshakes_total{version=\"TLSv1.3\",resumed=\"true\",} 1.0",
              "portcullis_tls_handshake_failures_total{reason=\"refused\",}",
              "portcullis_upstream_connections_total ",
              "portcullis_member_up{pool=\"pool01\",member=\"fe1.contoso.local\",} 1.0",
              "portcullis_revision 1.0",
              "portcullis_certificate_not_after_seconds{listener=\"https\",certificate=\"CN=",
              "portcullis_event_loop_lag_seconds_count",
              "portcullis_buffers_direct_bytes",
              "jvm_memory_bytes_used");

      Eventually.eventually(
          "nobody is connected", () -> metrics(admin).contains("portcullis_connections_open 0.0"));
      assertThat(curl(admin + "/healthz")).isEqualTo("alive\n\n200");
      assertThat(curl(admin + "/readyz")).startsWith("ready: serves revision 1").endsWith("200");
      assertThat(curl(admin + "/nothing")).contains("/metrics").endsWith("404");
      assertThat(curl("-d", "x", admin + "/metrics")).endsWith("405");
      assertThat(
              curl(
                  "-G",
                  "--data-urlencode",
                  "source=127.0.0.1",
                  "--data-urlencode",
                  "url=https://" + HOST + "/one?x=y&z",
                  admin + "/explain"))
          .contains("rule      web", "1. fe1.contoso.local  127.0.0.1:", "up");
      assertThat(curl(admin + "/explain")).endsWith("400");
      String snapshot = curl(admin + "/snapshot");
      assertThat(snapshot)
          .contains("\"fe1.contoso.local\"", "\"pool pool01\"", "\"up\"", "\"/cscp\"")
          .doesNotContain("PRIVATE KEY", farm.key.lines().toList().get(1));
    }
  }

  /// Two connections of one client; the second takes up the session of the first.
  private void resumed(String port) throws IOException, InterruptedException {
    String ticket = directory.resolve("ticket").toString();
    List<String> client =
        List.of("timeout", "10", "openssl", "s_client", "-connect", "127.0.0.1:" + port);
    List<String> first = new ArrayList<>(client);
    first.addAll(List.of("-servername", HOST, "-tls1_3", "-sess_out", ticket, "-ign_eof"));
    Process process = new ProcessBuilder(first).redirectErrorStream(true).start();
    process
        .getOutputStream()
        .write("GET /cscp HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    process.getOutputStream().flush();
    assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .contains("TLSv1.3");
    List<String> second = new ArrayList<>(client);
    second.addAll(List.of("-servername", HOST, "-tls1_3", "-sess_in", ticket));
    assertThat(run(second.toArray(String[]::new))).contains("Reused, TLSv1.3");
  }

  private String metrics(String admin) {
    try {
      return curl(admin + "/metrics");
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aTakenPortIsRefusedWhenItWasAskedFor() throws Exception {
    try (Nginx nginx = farm.pool();
        ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Child node =
            Child.node(
                "run",
                "--file",
                farm.document(HOST, nginx).toString(),
                "--admin",
                "127.0.0.1:" + taken.getLocalPort())) {
      assertThat(node.exitCode()).isEqualTo(1);
      assertThat(node.errors()).contains("--admin").contains("choose another address");
    }
    try (Child node = Child.node("run", "--file", "x", "--admin", "everywhere")) {
      assertThat(node.exitCode()).isEqualTo(2);
    }
  }
}
