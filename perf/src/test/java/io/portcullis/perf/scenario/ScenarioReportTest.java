package io.portcullis.perf.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScenarioReportTest {

  private static Played played(Scenario scenario, Check... checks) {
    return new Played(scenario, 1, 3.5, List.of(checks), List.of());
  }

  private static final Check KEPT = Check.of("no request of small fails", "0 of 20", true);
  private static final Check BROKEN =
      Check.of("no request of sign-in fails", "{closed=1} of 7, 0 connections", false);

  private final ScenarioReport report =
      new ScenarioReport(
          List.of(
              played(Scenario.NODE_KILLED, KEPT),
              played(Scenario.ZOOKEEPER_STOPPED, KEPT, BROKEN)));

  @Test
  void oneBrokenLimitFailsItsScenarioAndIsNamed() {
    assertThat(report.fine()).isFalse();
    assertThat(report.text())
        .contains(
            "✓ node-killed",
            "✗ zookeeper-stopped",
            "1 of 2 kept",
            "✗ no request of sign-in fails: {closed=1} of 7, 0 connections",
            "1 of 2 scenarios failed");
  }

  @Test
  void theFilesSayTheSame() {
    assertThat(report.json()).contains("\"fine\" : false", "\"scenario\" : \"zookeeper-stopped\"");
    assertThat(new ScenarioReport(List.of(played(Scenario.NODE_KILLED, KEPT))).json())
        .startsWith("{\n  \"format\" : 1,\n  \"fine\" : true");
  }
}
