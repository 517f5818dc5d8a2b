package io.portcullis.perf.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.perf.staging.Behaviour;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// V16 for names: what is for the inside must be nobody's outside.
final class InsideNamesTest {
  @Test
  void aRuleThatPublishesAnAdminNameIsSaidSo(@TempDir Path directory) throws Exception {
    Published published =
        new Published(
            directory,
            Behaviour.DEFAULT,
            document ->
                document
                    + "rules:\n  - {name: slip, listener: https, publicNames: [admin.contoso.com], pool: pool01}\n");
    try {
      published.awaitMeet();
      published.write("wanted.yaml", published.document());

      Published.Said said =
          published.verifyFile(
              "wanted.yaml", "public-ca.pem", published.port("https"), "-o", "json");
      assertThat(said.exit()).isOne();
      assertThat(said.diagnoses()).as(said.out()).containsExactly("internal-name-exposed");
    } finally {
      published.stop();
    }
  }
}
