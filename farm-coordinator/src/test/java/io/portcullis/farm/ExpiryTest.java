package io.portcullis.farm;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.portcullis.farm.api.client.AdminClient;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.leader.ExpiryChores;
import io.portcullis.farm.model.Problem;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class ExpiryTest {
  @TempDir Path directory;

  private final List<String> said = new CopyOnWriteArrayList<>();

  private boolean isSaid(String text) {
    return said.stream().anyMatch(line -> line.contains(text));
  }

  @Test
  void aCertificateThatEndsIsToldOfInTimeAndCannotBeImportedAfterwards() throws Exception {
    Logger log = (Logger) LoggerFactory.getLogger(ExpiryChores.class);
    ListAppender<ILoggingEvent> listening =
        new ListAppender<>() {
          @Override
          protected void append(ILoggingEvent event) {
            said.add(event.getFormattedMessage());
          }
        };
    listening.start();
    log.addAppender(listening);
    try (Bench bench = Bench.start(directory);
        AdminClient operator = bench.operator()) {
      Map<String, String> files = bench.files("webext01.contoso.com");
      operator.apply(new Wire.ApplyRequest(Bench.document(1), files, null, ""), false);
      Instant end = operator.status().certificates().getFirst().notAfter();
      for (int days : List.of(30, 14, 7, 1)) {
        bench.clock.advance(
            Duration.between(bench.clock.instant(), end).minus(Duration.ofDays(days)));
        Bench.eventually(() -> isSaid("within " + days + " days"));
      }
      assertThat(said).hasSize(4);
      bench.clock.advance(Duration.ofDays(2));
      Bench.eventually(() -> isSaid("certificate contoso ended on"));
      Wire.ApplyResponse kept =
          operator.apply(
              new Wire.ApplyRequest(
                  Bench.document(2).replace(", chainFile: contoso.pem, keyFile: contoso.key", ""),
                  files,
                  null,
                  ""),
              false);
      assertThat(kept.accepted()).as("what the farm has already blocks no change").isTrue();
      Wire.ApplyResponse refused =
          operator.apply(new Wire.ApplyRequest(Bench.document(3), files, null, ""), false);
      assertThat(refused.accepted()).isFalse();
      assertThat(refused.problems())
          .filteredOn(Problem::isError)
          .singleElement()
          .satisfies(problem -> assertThat(problem.message()).contains("expired"));
    } finally {
      log.detachAppender(listening);
    }
  }
}
