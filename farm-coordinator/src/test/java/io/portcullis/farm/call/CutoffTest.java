package io.portcullis.farm.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class CutoffTest {
  @Test
  void whoSaysAByteNowAndThenIsNotReadForEver() throws Exception {
    try (Dripping server = new Dripping("");
        Socket socket = new Socket(server.at().getAddress(), server.at().getPort());
        Cutoff cutoff = Cutoff.after(Duration.ofMillis(200), socket)) {
      assertThatExceptionOfType(SocketException.class)
          .isThrownBy(() -> socket.getInputStream().readAllBytes());
      assertThat(cutoff.fell()).isTrue();
    }
  }

  @Test
  void whatEndsInTimeStaysOpen() throws Exception {
    try (Dripping server = new Dripping("");
        Socket socket = new Socket(server.at().getAddress(), server.at().getPort())) {
      Cutoff ended = Cutoff.after(Duration.ofMillis(100), socket);
      ended.close();
      try (Cutoff later = Cutoff.after(Duration.ofSeconds(50), socket)) {
        assertThat(socket.getInputStream().readNBytes(10)).hasSize(10);
        assertThat(later.fell()).isFalse();
      }
      assertThat(ended.fell()).isFalse();
      assertThat(socket.isClosed()).isFalse();
    }
  }
}
