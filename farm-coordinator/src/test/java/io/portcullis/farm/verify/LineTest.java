package io.portcullis.farm.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.portcullis.farm.call.Dripping;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/// Servers that never come to an end.
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class LineTest {
  private static final Duration PATIENCE = Duration.ofMillis(300);

  private static Line clear(InetSocketAddress at) throws Trouble {
    return Line.open(Line.To.clear(at.getAddress(), at.getPort(), true, PATIENCE), Instant.now());
  }

  @Test
  void anAnswerThatDripsIsGivenUp() throws Exception {
    try (Dripping server = new Dripping("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
        Line line = clear(server.at())) {
      assertThatExceptionOfType(SocketTimeoutException.class)
          .isThrownBy(() -> line.ask("GET", "/", "pool01.contoso.com"))
          .withMessage("no whole answer within 300 ms");
    }
  }

  /// What must not be found there is found, whether or not it ever ends.
  @Test
  void anAnswerWithoutAnEndIsKnownByItsStatus() throws Exception {
    try (Dripping server = new Dripping("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
        Line line = clear(server.at())) {
      assertThat(line.askForStatus("GET", "/cscp/", "pool01.contoso.com").status()).isEqualTo(200);
    }
    try (Dripping server = new Dripping("HTTP/1.1 200");
        Line line = clear(server.at())) {
      assertThatExceptionOfType(SocketTimeoutException.class)
          .isThrownBy(() -> line.askForStatus("GET", "/cscp/", "pool01.contoso.com"));
    }
  }

  @Test
  void aHandshakeThatDripsIsGivenUp() throws Exception {
    try (Dripping server = new Dripping(Dripping.TLS)) {
      Line.To to =
          new Line.To(
              server.at().getAddress(),
              server.at().getPort(),
              null,
              "pool01.contoso.com",
              Trust.of(null),
              "TLSv1.2",
              true,
              PATIENCE);
      assertThatExceptionOfType(Trouble.class)
          .isThrownBy(() -> Line.open(to, Instant.now()))
          .satisfies(trouble -> {
            assertThat(trouble.diagnosis()).isEqualTo(Diagnosis.MEMBER_SILENT);
            assertThat(trouble.detail()).endsWith(": no end of its handshake within 300 ms");
          });
    }
  }

  @Test
  void theAnswerIsFoundBehindAnyNumberOfInterimOnes() throws Exception {
    String announced = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n";
    String answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    try (Dripping server = new Dripping(announced.repeat(20_000) + answer);
        Line line = clear(server.at())) {
      line.patience(Duration.ofSeconds(50));
      Reply reply = line.ask("GET", "/", "pool01.contoso.com");
      assertThat(reply.status()).isEqualTo(200);
      assertThat(reply.body()).isEqualTo("ok");
    }
  }
}
