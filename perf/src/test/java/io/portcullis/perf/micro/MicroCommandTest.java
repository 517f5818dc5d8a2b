package io.portcullis.perf.micro;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/// That the benchmarks are there; running them in forks is `farmctl perf micro --quick`.
class MicroCommandTest {

  @Test
  void everyBenchmarkIsOnJmhsList() throws IOException {
    try (InputStream list = MicroCommand.class.getResourceAsStream("/META-INF/BenchmarkList")) {
      assertThat(list).isNotNull();
      if (list == null) {
        return;
      }
      String text = new String(list.readAllBytes(), StandardCharsets.UTF_8);
      for (String bench :
          List.of(
              "message.HeadParseBench",
              "rule.RuleMatchBench",
              "balance.RendezvousBench",
              "snapshot.CompileBench",
              "observe.HandOffBench",
              "tls.RecordBench")) {
        assertThat(text).contains("io.portcullis.perf.micro." + bench);
      }
    }
  }
}
