package io.portcullis.perf.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RankingTest {

  private static final List<String> BOTH = List.of("portcullis", "nginx");

  private final List<Figure> figures = new ArrayList<>();

  private void round(int round, long mine, long theirs) {
    figures.add(new Figure("small", "portcullis", round, mine, 0, 5, 1, 0, 0));
    figures.add(new Figure("small", "nginx", round, theirs, 0, 5, 1, 0, 0));
  }

  @Test
  void ratiosAreTakenWithinARoundSoThatAMachineThatSlowsDownChangesNothing() {
    round(0, 14_000, 10_000);
    round(1, 7000, 5000);
    round(2, 2800, 2000);
    Ranking ranking = new Ranking(figures, BOTH);
    assertThat(ranking.ratio("small", "portcullis", "nginx")).isCloseTo(1.4, within(1e-9));
    assertThat(ranking.ratio("small", "nginx", "portcullis")).isCloseTo(1 / 1.4, within(1e-9));
    assertThat(ranking.spread("small", "nginx")).isCloseTo(1.6, within(1e-9));
  }

  @Test
  void lessLatencyIsBetter() {
    figures.add(new Figure("latency", "portcullis", 0, 100, 0, 5, 1, 100, 200));
    figures.add(new Figure("latency", "nginx", 0, 100, 0, 5, 1, 100, 300));
    assertThat(new Ranking(figures, BOTH).ratio("latency", "portcullis", "nginx"))
        .isCloseTo(1.5, within(1e-9));
  }

  @Test
  void tooLittleCpuTimeIsNoFigure() {
    figures.add(new Figure("small", "portcullis", 0, 100, 0, 5, 0.02, 0, 0));
    round(1, 1000, 500);
    Ranking ranking = new Ranking(figures, BOTH);
    assertThat(ranking.ratio("small", "portcullis", "nginx")).isEqualTo(2);
    assertThat(ranking.markdown()).contains("| small | portcullis | 1,000 | 0 % |");
  }

  @Test
  void errorsAreSaidAloud() {
    figures.add(new Figure("small", "portcullis", 0, 100, 3, 5, 1, 0, 0));
    Ranking ranking = new Ranking(figures, List.of("portcullis"));
    assertThat(ranking.failed()).isEqualTo(3);
    assertThat(ranking.page("here").html()).contains("do not count");
  }

  @Test
  void theKernelsFieldsAreCountedFromTheLastBracket() {
    String stat = "42 (a) b (c) S 1 42 42 0 -1 4194560 100 0 0 0 250 50 9 9 20 0 1 0 100 1000 10";
    assertThat(ProcStat.cpuSeconds(stat)).isEqualTo(3.0);
    assertThat(ProcStat.residentBytes("Name:\tx\nVmRSS:\t   2048 kB\n")).isEqualTo(2048 * 1024);
  }
}
