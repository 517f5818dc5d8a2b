package io.portcullis.perf.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NodeLogsTest {

  private static final String LINE =
      "{\"source\":\"127.0.0.1\",\"sourcePort\":50001,\"tls\":\"TLSv1.3\",\"rule\":\"pool01-web\",\"member\":\"fe1\",\"status\":200,\"totalMs\":1.25}\n";

  @TempDir private Path directory = Path.of("");

  private Tour.Stop explained(String log, int status, String member, String tls)
      throws IOException {
    Path file = directory.resolve("access.log");
    Files.writeString(file, log);
    Tour.Stop stop =
        new Tour.Stop(
            "node-1",
            new PublicClient.Request("127.0.0.1", 443, "name", "name", "/"),
            new Expectation.Echo(),
            new PublicClient.Reply(status, Map.of(), "", tls, "127.0.0.1:50001"),
            member,
            "",
            null);
    Tour.Findings findings = new Tour.Findings(List.of(stop), List.of(), List.of());
    NodeLogs logs = new NodeLogs(Map.of("node-1", file), Duration.ofMillis(100));
    return logs.explain(findings).stops().getFirst();
  }

  @Test
  void theRuleComesFromTheLineOfTheSameConnection() throws IOException {
    String other = LINE.replace("50001", "50002").replace("pool01-web", "other");
    Tour.Stop stop = explained(LINE + other + "{\"half a li", 200, "fe1", "TLSv1.3");
    assertThat(stop.complaint()).isEmpty();
    assertThat(stop.served())
        .isEqualTo(new NodeLogs.Served("pool01-web", "fe1", 200, "TLSv1.3", 1.25));
  }

  /// Two connections may have one port of the client's, if they go to different ports of the node.
  @Test
  void theClearConnectionFromTheSamePortIsAnother() throws IOException {
    String clear = LINE.replace("\"tls\":\"TLSv1.3\",", "").replace("pool01-web", "http-redirect");
    Tour.Stop stop = explained(LINE + clear, 200, "fe1", "TLSv1.3");
    assertThat(stop.complaint()).isEmpty();
    assertThat(stop.served())
        .isEqualTo(new NodeLogs.Served("pool01-web", "fe1", 200, "TLSv1.3", 1.25));
  }

  @Test
  void aRequestWithoutALineIsNotFine() throws IOException {
    assertThat(explained("", 200, "fe1", "TLSv1.3").complaint()).contains("does not know");
  }

  @Test
  void aLineThatContradictsTheAnswerIsNotFine() throws IOException {
    assertThat(explained(LINE, 404, "fe1", "TLSv1.3").complaint()).contains("status 200");
    assertThat(explained(LINE, 200, "fe2", "TLSv1.3").complaint()).contains("member \"fe1\"");
    assertThat(explained(LINE, 200, "fe1", "TLSv1.2").complaint()).contains("TLSv1.3");
  }
}
