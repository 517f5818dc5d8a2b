package io.portcullis.farm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TableTest {
  private static Table table() {
    return new Table()
        .text("NAME")
        .number("N")
        .text("WHY")
        .row("a", "1", "because")
        .row("longer", "12345", "")
        .row("", "7", "a rather long reason that does not fit");
  }

  @Test
  void columnsAlignAndNoLineTrails() {
    assertThat(table().render(80, false))
        .isEqualTo(
            """
            NAME        N  WHY
            a           1  because
            longer  12345
                        7  a rather long reason that does not fit
            """);
  }

  @Test
  void theWidestColumnIsCutFirst() {
    assertThat(table().render(32, false))
        .isEqualTo(
            """
            NAME        N  WHY
            a           1  because
            longer  12345
                        7  a rather long ...
            """);
  }

  @Test
  void rowOfAnotherWidthIsRefused() {
    assertThatThrownBy(() -> new Table().text("A").row("1", "2"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void durationsNameTheTwoUnitsThatMatter() {
    assertThat(Text.lasting(Duration.ofSeconds(-3))).isEqualTo("0 s");
    assertThat(Text.lasting(Duration.ofSeconds(59))).isEqualTo("59 s");
    assertThat(Text.lasting(Duration.ofSeconds(3599))).isEqualTo("59 m 59 s");
    assertThat(Text.lasting(Duration.ofHours(23))).isEqualTo("23 h 0 m");
    assertThat(Text.lasting(Duration.ofHours(49))).isEqualTo("2 d 1 h");
  }
}
