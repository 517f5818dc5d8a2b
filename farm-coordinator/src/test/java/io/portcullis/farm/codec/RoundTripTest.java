package io.portcullis.farm.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.model.FarmConfig;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Property: what is encoded is accepted again, as the same farm, in the same text.
class RoundTripTest {
  private static final int FARMS = 200;

  @Test
  void everyFarmSurvivesItsCanonicalText() {
    for (long seed = 0; seed < FARMS; seed++) {
      FarmConfig farm = new RandomFarms(seed).next();
      String text = FarmDocuments.encode(farm);
      Decoded decoded = FarmDocuments.decode(text, "seed-" + seed);
      assertThat(decoded)
          .as("seed %d: %s%n%s", seed, decoded.problems(), text)
          .isInstanceOfSatisfying(
              Decoded.Accepted.class, accepted -> assertThat(accepted.config()).isEqualTo(farm));
      assertThat(FarmDocuments.diff(farm, farm)).isEmpty();
    }
  }

  /// A document cut or garbled anywhere is answered, never an exception.
  @Test
  void garbledDocumentsAreAnsweredWithProblems() {
    for (long seed = 0; seed < FARMS; seed++) {
      Random random = new Random(seed);
      StringBuilder text = new StringBuilder(FarmDocuments.encode(new RandomFarms(seed).next()));
      for (int i = 0; i < 1 + random.nextInt(4); i++) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(3)) {
          case 0 -> text.setLength(Math.max(1, at));
          case 1 -> text.setCharAt(at, "{}[]:,#&*!|>'\"%@`-? \n\t\0".charAt(random.nextInt(23)));
          default -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(20)));
        }
        if (text.isEmpty()) {
          text.append("x");
        }
      }
      switch (FarmDocuments.decode(text.toString(), "seed-" + seed)) {
        case Decoded.Accepted(var _, var problems) ->
            assertThat(problems).as("seed %d", seed).noneMatch(p -> p.isError());
        case Decoded.Refused(var problems) ->
            assertThat(problems).as("seed %d", seed).anyMatch(p -> p.isError());
      }
    }
  }
}
