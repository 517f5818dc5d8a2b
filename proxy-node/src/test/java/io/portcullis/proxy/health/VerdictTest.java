package io.portcullis.proxy.health;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerdictTest {

  /// Checks: `+` passed, `-` failed; verdicts after each: `U` up, `D` down.
  @ParameterizedTest
  @CsvSource({
    "+,      U",
    "-,      D",
    "+-,     UU",
    "+--,    UUD",
    "+-+--,  UUUUD",
    "-+,     DD",
    "-++,    DDU",
    "-+-++,  DDDDU",
    "+--++-, UUDDUU",
  })
  void firstCheckCountsAtOnceAndLaterItTakesTwo(String checks, String verdicts) {
    Verdict verdict = new Verdict();
    StringBuilder said = new StringBuilder();
    checks.chars().forEach(check -> said.append(verdict.note(check == '+') ? 'U' : 'D'));
    assertThat(said.toString()).isEqualTo(verdicts);
  }
}
