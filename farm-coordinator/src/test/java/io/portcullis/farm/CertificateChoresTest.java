package io.portcullis.farm;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.api.client.AdminClient;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.leader.CertificateChores;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.TestStores;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Versions of certificates that nobody can come back to leave the store.
class CertificateChoresTest {
  @TempDir private Path directory = Path.of("");

  private static void put(FarmStore store, Map<String, String> files) throws Exception {
    int _ =
        store
            .certificates()
            .put(
                "contoso",
                String.valueOf(files.get("contoso.pem")),
                String.valueOf(files.get("contoso.key")));
  }

  @Test
  void whatNoKeptRevisionNamesGoesAfterAnHourAndTheNewestStays() throws Exception {
    AtomicLong nanos = new AtomicLong();
    AtomicInteger rounds = new AtomicInteger();
    try (Bench bench = Bench.start(directory);
        AdminClient client = bench.operator();
        FarmStore store = FarmStore.connect(bench.home())) {
      assertThat(store.awaitConnected(Duration.ofSeconds(20))).isTrue();
      for (int revision = 1; revision <= 3; revision++) {
        Map<String, String> files = bench.files("webext01.contoso.com");
        if (revision == 2) {
          // Stored, as before a change that was then refused.
          put(store, files);
          files = bench.files("webext01.contoso.com");
        }
        assertThat(
                client
                    .apply(new Wire.ApplyRequest(Bench.document(revision), files, null, ""), false)
                    .accepted())
            .isTrue();
      }
      put(store, bench.files("webext01.contoso.com"));
      assertThat(store.certificates().versions("contoso")).containsExactly(1, 2, 3, 4, 5);
      try (CertificateChores _ =
          new CertificateChores(
              store,
              () -> Optional.of(TestStores.leadership(store)),
              Duration.ofMillis(20),
              () -> {
                rounds.incrementAndGet();
                return nanos.get();
              })) {
        Bench.eventually(() -> rounds.get() > 2);
        assertThat(store.certificates().versions("contoso")).as("not yet").hasSize(5);
        nanos.addAndGet(Duration.ofMinutes(61).toNanos());
        Bench.eventually(
            () -> store.certificates().versions("contoso").equals(List.of(1, 3, 4, 5)));
        int before = rounds.get();
        nanos.addAndGet(Duration.ofDays(61).toNanos());
        Bench.eventually(() -> rounds.get() > before + 2);
        assertThat(store.certificates().versions("contoso"))
            .as("named by revisions 1 to 3, and the newest")
            .containsExactly(1, 3, 4, 5);
      }
    }
  }
}
