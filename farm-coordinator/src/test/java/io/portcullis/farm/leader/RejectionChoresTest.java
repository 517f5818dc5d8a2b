package io.portcullis.farm.leader;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.api.wire.WireJson;
import io.portcullis.farm.store.Revision;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RejectionChoresTest {
  private static final Instant WRITTEN = Instant.parse("2026-11-21T12:00:00Z");

  private static Revision revision(long number, String author) {
    return new Revision(number, author, WRITTEN, "", "", "");
  }

  private static String report(long accepted, long rejected, @Nullable String why) {
    return new String(
        WireJson.write(
            new Wire.NodeStatus(
                "n",
                "1",
                WRITTEN,
                6,
                why,
                Map.of(),
                Map.of(),
                0,
                0,
                false,
                new Wire.Standing(
                    0, null, Wire.Load.NONE, new Wire.Outcome(accepted, rejected, null)))),
        StandardCharsets.UTF_8);
  }

  @Test
  void onlyAYoungRevisionOfAnOperatorIsGoneBackFrom() {
    Instant soon = WRITTEN.plusSeconds(5);
    assertThat(RejectionChores.mayGoBack(revision(7, "alice"), soon)).isTrue();
    assertThat(RejectionChores.mayGoBack(revision(7, "farm"), soon)).as("an operator").isTrue();
    assertThat(RejectionChores.mayGoBack(revision(7, GoingBack.AUTHOR), soon)).isFalse();
    assertThat(RejectionChores.mayGoBack(revision(1, "alice"), soon)).isFalse();
    assertThat(RejectionChores.mayGoBack(revision(7, "alice"), WRITTEN.plus(RejectionChores.YOUNG)))
        .isFalse();
  }

  @Test
  void aRevisionOfAClockThatWasAheadIsNotYoungForAYear() {
    Instant before = WRITTEN.minus(RejectionChores.YOUNG).minusSeconds(1);
    assertThat(RejectionChores.mayGoBack(revision(7, "alice"), before)).isFalse();
  }

  @Test
  void onlyANodeThatVotedForThisRevisionCounts() {
    assertThat(RejectionChores.rejection(report(7, 7, "port taken"), 7)).contains("port taken");
    assertThat(RejectionChores.rejection(report(0, 7, "port taken"), 7)).isEmpty();
    assertThat(RejectionChores.rejection(report(6, 7, "port taken"), 7)).isEmpty();
    assertThat(RejectionChores.rejection(report(7, 6, "port taken"), 7)).isEmpty();
    assertThat(RejectionChores.rejection(report(7, 0, "the farm was wiped"), 7)).isEmpty();
    assertThat(RejectionChores.rejection(report(7, 7, null), 7)).isEmpty();
    assertThat(RejectionChores.rejection("of another release", 7)).isEmpty();
  }
}
