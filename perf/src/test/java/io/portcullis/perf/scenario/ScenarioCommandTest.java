package io.portcullis.perf.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// A farm of real processes, with everything that can happen to it happening once; judged by counts, not by times.
class ScenarioCommandTest {

  @TempDir private Path directory;

  @Test
  void usersNoticeNothingButTheConnectionsOfAKilledNode() throws Exception {
    int code =
        run("--rate", "20", "--users", "2", "--connections", "4", "--around", "4", "--no-times");
    JsonNode report = new JsonMapper().readTree(directory.resolve("played.json").toFile());
    assertThat(code).as("%s", report.toPrettyString()).isZero();
    assertThat(report.get("scenarios").findValuesAsText("scenario"))
        .containsExactly(
            "node-killed",
            "certificate-replaced",
            "revision-published",
            "member-drained",
            "zookeeper-stopped");
    for (JsonNode scenario : report.get("scenarios")) {
      assertThat(scenario.get("checks")).hasSizeGreaterThanOrEqualTo(5);
      assertThat(scenario.at("/loads/small/answered").asLong()).isPositive();
      assertThat(scenario.at("/loads/sign-in/answered").asLong()).isPositive();
    }
    assertThat(directory.resolve("played.html"))
        .content()
        .contains("all 5 scenarios passed", "✓ zookeeper-stopped", "<svg");
  }

  @Test
  void anUnknownScenarioIsWrongUsage() {
    assertThat(run("--only", "earthquake")).isEqualTo(2);
  }

  private int run(String... arguments) {
    String[] usual = {
      "--dir",
      directory.resolve("farm").toString(),
      "--report",
      directory.resolve("played").toString()
    };
    String[] all = new String[arguments.length + usual.length];
    System.arraycopy(usual, 0, all, 0, usual.length);
    System.arraycopy(arguments, 0, all, usual.length, arguments.length);
    return new CommandLine(new ScenarioCommand()).execute(all);
  }
}
