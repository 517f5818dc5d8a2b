package io.portcullis.farm.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.call.Dripping;
import io.portcullis.farm.identity.FarmAuthority;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.FarmKey;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.identity.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

class ServerTlsTest {
  @TempDir Path directory;

  @Test
  @Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
  void aServerThatDripsIsGivenUpAndNamed() throws Exception {
    IdentityFile identity =
        FarmAuthority.open(directory.resolve("authority"), "edge", Clock.systemUTC())
            .identity(Role.NODE, "n1", List.of(), List.of("127.0.0.1:9443"));
    FarmHome home = new FarmHome(directory, identity, FarmKey.generate(), "127.0.0.1:2281/edge");
    Files.writeString(home.ensemblePem(), identity.caPem());
    try (Dripping server = new Dripping(Dripping.TLS)) {
      ServerTls seen =
          ServerTls.look("127.0.0.1:" + server.at().getPort(), home, Duration.ofMillis(300));

      assertThat(seen.isFine()).isFalse();
      assertThat(seen.problem()).contains("does not end its handshake");
    }
  }
}
