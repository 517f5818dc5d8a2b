package io.portcullis.perf.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.perf.staging.Behaviour;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Skype for Business Server 2019 and Subscription Edition: no Mcx, and Strict-Transport-Security of their own.
final class NewestPoolTest {
  @TempDir private Path directory = Path.of("");
  private @Nullable Published published;

  @AfterEach
  void stop() throws Exception {
    if (published != null) {
      published.stop();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sfb2019", "sfbse"})
  void aPoolWithoutMcxIsWellAndItsStrictTransportSecurityPassesOnce(String version)
      throws Exception {
    Published pool =
        new Published(
            directory,
            Behaviour.DEFAULT.withVersion(version),
            document -> document.replace("version: 2013", "version: " + version));
    published = pool;
    pool.awaitMeet();

    assertThat(pool.curl("https://webext01.contoso.com/Mcx/McxService.svc"))
        .startsWith("HTTP/1.1 404")
        .contains("X-Staging-Member: fe1");
    assertThat(pool.curl("https://webext01.contoso.com/meet"))
        .containsOnlyOnce("Strict-Transport-Security: max-age=315360000; includeSubDomains\r\n");
    assertThat(pool.verify("https", "-o", "json").diagnoses()).isEmpty();
  }
}
