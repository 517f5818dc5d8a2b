package io.portcullis.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the console says of a node that serves.
class ServingTest {

  @TempDir private Path directory = Path.of("");

  @Test
  void virtualAddressesAreShownWithWhetherTheyAreHere() throws Exception {
    Files.writeString(
        plan(),
        """
        # a remark
        node edge-1
        address 192.0.2.101/24 router 57 priority 250 own 192.0.2.11 peers 192.0.2.12
        address 192.0.2.10/24 router 58 priority 150 own 192.0.2.11 peers 192.0.2.12
        """);
    assertThat(shown("", "  ens33 192.0.2.11/24 192.0.2.101/24\n  ens160 10.0.0.1/24"))
        .isEqualTo(
            """
            virtual     192.0.2.101/24, held here
            virtual     192.0.2.10/24, held by another node or nobody
            """);
  }

  @Test
  void theCertificateThatEndsFirstIsNamedWithItsDays() throws Exception {
    double later = Instant.now().plus(Duration.ofDays(300)).getEpochSecond();
    double soon = Instant.now().plus(Duration.ofDays(20)).plusSeconds(3600).getEpochSecond();
    String metrics =
        """
        HTTP/1.1 200 OK

        # TYPE portcullis_certificate_not_after_seconds gauge
        portcullis_certificate_not_after_seconds{listener="https",certificate="CN=webext01.contoso.com",} %s
        portcullis_certificate_not_after_seconds{listener="https",certificate="CN=meet.contoso.com,O=Contoso",} %s
        portcullis_certificate_not_after_seconds{listener="other",certificate="CN=meet.contoso.com,O=Contoso",} %s
        portcullis_connections_open 3.0
        """
            .formatted(later, soon, soon);
    assertThat(shown(metrics, ""))
        .isEqualTo("certificate CN=meet.contoso.com,O=Contoso ends first of 2, in 20 days\n");
  }

  @Test
  void aNodeThatDoesNotAnswerShowsNothing() throws Exception {
    assertThat(shown("", "")).isEmpty();
  }

  private Path plan() {
    return directory.resolve("virtual-addresses");
  }

  private String shown(String metrics, String addresses) throws IOException, InterruptedException {
    Path script = Path.of("tree/usr/lib/portcullis/serving").toAbsolutePath();
    Process process =
        new ProcessBuilder("bash", script.toString(), plan().toString(), addresses)
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().write(metrics.getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().close();
    String shown = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return shown;
  }
}
