package io.portcullis.proxy.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.model.Pool;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerdictTest {

  /// Checks: `+` passed, `-` failed; verdicts after each: `U` up, `D` down.
  @ParameterizedTest
  @CsvSource({
    "2, 2, +,      U",
    "2, 2, -,      D",
    "2, 2, +-,     UU",
    "2, 2, +--,    UUD",
    "2, 2, +-+--,  UUUUD",
    "2, 2, -+,     DD",
    "2, 2, -++,    DDU",
    "2, 2, -+-++,  DDDDU",
    "2, 2, +--++-, UUDDUU",
    "1, 3, +---+,  UUUDU",
    "3, 1, +-+++-, UDDDUD",
  })
  void firstCheckCountsAtOnceAndLaterItTakesAsManyAsAsked(
      int rise, int fall, String checks, String verdicts) {
    Pool.Judgement judgement = new Pool.Judgement(rise, fall, Duration.ofSeconds(1), Duration.ZERO);
    Verdict verdict = new Verdict();
    StringBuilder said = new StringBuilder();
    checks.chars().forEach(check -> said.append(verdict.note(check == '+', judgement) ? 'U' : 'D'));
    assertThat(said.toString()).isEqualTo(verdicts);
  }
}
