package io.portcullis.perf.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.perf.staging.Behaviour;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Phones on the inside use the external name too ("Technical requirements for mobility"): they come to the external listener
/// with the addresses of RFC 1918, and are served as anybody.
final class HairpinTest {
  private static Published published;
  private static Path files;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    files = directory;
    published =
        new Published(
            directory,
            Behaviour.DEFAULT,
            document ->
                document.replace(
                    "tls: {certificates: [good]}}",
                    "tls: {certificates: [good]}, proxyProtocolFrom: [127.0.0.0/8]}"));
    published.awaitMeet("--haproxy-protocol");
  }

  @AfterAll
  static void stop() throws Exception {
    published.stop();
  }

  /// A balancer in front says for whom it connects: that is how a test on one machine comes from another network.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.1.2.3",
        "172.16.0.9",
        "172.31.255.254",
        "192.168.178.20",
        "169.254.7.7",
        "100.64.0.1"
      })
  void aSourceOnTheInsideIsServed(String source) throws Exception {
    try (Socket tcp = new Socket("127.0.0.1", published.port("https"))) {
      tcp.setSoTimeout(30_000);
      tcp.getOutputStream()
          .write(
              "PROXY TCP4 %s 203.0.113.10 50000 443\r\n"
                  .formatted(source)
                  .getBytes(StandardCharsets.US_ASCII));
      try (SSLSocket tls =
          (SSLSocket)
              Published.trusting(files.resolve("public-ca.pem"))
                  .getSocketFactory()
                  .createSocket(tcp, "webext01.contoso.com", 443, false)) {
        tls.getOutputStream()
            .write(
                "GET /meet HTTP/1.1\r\nHost: webext01.contoso.com\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
        assertThat(new String(tls.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
            .startsWith("HTTP/1.1 200")
            .contains("X-Staging-Member: fe1");
      }
    }
  }
}
