package io.portcullis.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SupportBundleTest {

  private static final Path SCRIPT =
      Path.of("tree/usr/lib/portcullis/support-bundle").toAbsolutePath();

  @Test
  void tokensKeysAndSecretsStayOut() throws IOException, InterruptedException {
    String clean =
        redacted(
            """
            token portcullis1.eyJjIjoiMTAuNzcuMC4xIn0
            node-start[1]: --join portcullis1.abc-DEF_9 --name edge-2
            Authorization: NTLM TlRMTVNTUAAB
            -----BEGIN EC PRIVATE KEY-----
            MHcCAQEEIKey
            -----END EC PRIVATE KEY-----
            external 192.0.2.10/24
            """);
    assertThat(clean)
        .doesNotContain("eyJj", "abc-DEF", "TlRM", "MHcC")
        .contains("--name edge-2", "a private key was here", "external 192.0.2.10/24");
  }

  private static String redacted(String text) throws IOException, InterruptedException {
    Process filter = new ProcessBuilder("bash", SCRIPT.toString(), "--redact").start();
    filter.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    filter.getOutputStream().close();
    String clean = new String(filter.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(filter.waitFor()).isZero();
    return clean;
  }
}
