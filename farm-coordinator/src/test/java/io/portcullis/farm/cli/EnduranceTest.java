package io.portcullis.farm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.api.wire.Wire;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnduranceTest {

  private static List<Wire.CoordinatorStatus> coordinators(int all, int down) {
    List<Wire.CoordinatorStatus> list = new ArrayList<>();
    for (int i = 1; i <= all; i++) {
      list.add(new Wire.CoordinatorStatus("c" + i, "10.0.0." + i, i > all - down ? "down" : "up"));
    }
    return list;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1 | 0 | none may fail, or nothing can be changed; let two more join
          2 | 0 | none may fail, or nothing can be changed; let a third join
          3 | 0 | one may fail
          3 | 1 | c3 is down: no other may fail, or nothing can be changed; start or replace it
          4 | 0 | one may fail; one more would let one more fail
          5 | 0 | 2 may fail
          5 | 1 | c5 is down: one more may fail; start or replace it
          5 | 2 | c4, c5 are down: no other may fail, or nothing can be changed; start or replace them
          """)
  void saysHowManyMayStillFail(int all, int down, String words) {
    assertThat(Endurance.words(coordinators(all, down), null)).isEqualTo(words);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1 | 0 | none of them may fail, or nothing can be changed
          2 | 0 | 1 of them may fail
          3 | 0 | 2 of them may fail
          3 | 2 | none of them may fail, or nothing can be changed
          """)
  void saysThatAnExternalEnsembleIsSomebodyElses(int all, int down, String may) {
    assertThat(Endurance.words(coordinators(all, down), "zk1:2281/portcullis"))
        .startsWith(down == 0 ? "external ensemble" : "c2, c3 down: start or replace; ")
        .contains(
            "external ensemble zk1:2281/portcullis: its operators keep it alive, this farm's coordinators only lead")
        .endsWith(may);
  }

  @org.junit.jupiter.api.Test
  void saysNothingOfNone() {
    assertThat(Endurance.words(List.of(), null)).isEmpty();
  }
}
