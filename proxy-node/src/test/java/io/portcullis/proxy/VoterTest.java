package io.portcullis.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.identity.FarmKey;
import io.portcullis.farm.model.Problem;
import io.portcullis.farm.store.Proposal;
import io.portcullis.farm.store.Revision;
import io.portcullis.proxy.config.FarmSource;
import io.portcullis.proxy.config.LastGood;
import io.portcullis.proxy.config.Loaded;
import io.portcullis.proxy.config.Publisher;
import io.portcullis.proxy.config.TestSeal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VoterTest {

  private static final String EXPANDED =
      """
      farm: contoso-edge
      listeners:
        - {name: http, bind: "127.0.0.1:80"}
      rules:
        - {name: hello, listener: http, publicNames: ["*"], respond: 200}
      """;

  private final List<Long> served = new ArrayList<>();
  private final FarmSource source;
  private final Voter voter;
  private List<Problem> answer = List.of();
  private Instant now = Instant.EPOCH;
  private long newest = 7;
  private boolean away;

  VoterTest(@TempDir Path state) {
    source =
        new FarmSource(
            (_, _) -> Optional.empty(),
            new LastGood(state, TestSeal.of(state, "edge1", FarmKey.generate())),
            new Publisher() {
              @Override
              public List<Problem> rehearse(Loaded loaded) {
                return answer;
              }

              @Override
              public List<Problem> publish(Loaded loaded) {
                served.add(loaded.revision());
                return List.of();
              }
            },
            () -> {});
    voter = new Voter("edge1", source, this::newest, () -> now, () -> {});
  }

  @BeforeEach
  void serveSeven() throws Exception {
    source.revision(revision(7));
  }

  private static Revision revision(long number) {
    return new Revision(number, "operator", Instant.EPOCH, "", EXPANDED, EXPANDED);
  }

  private Optional<Revision> newest() throws IOException {
    if (away) {
      throw new IOException("away");
    }
    return Optional.of(revision(newest));
  }

  private static Proposal proposal(String id) {
    return Proposal.of(id, 8, "operator", EXPANDED);
  }

  private static Proposal trial(String id, String node) {
    return proposal(id).onTrial(node, 30_000);
  }

  @Test
  void theVoteNamesTheProposalAndTheReason() {
    voter.accept(proposal("a"));
    assertThat(voter.vote()).isEqualTo(new Wire.Vote("a", null, false));
    answer = List.of(Problem.error("listeners", "port taken", ""));
    voter.accept(proposal("b"));
    assertThat(voter.vote()).isEqualTo(new Wire.Vote("b", "listeners: port taken", false));
    assertThat(served).containsExactly(7L);
  }

  @Test
  void onlyTheCanaryServesOnTrialAndGoesBackWhenTheProposalIsGone() {
    voter.accept(proposal("a"));
    voter.accept(trial("a", "edge2"));
    assertThat(served).containsExactly(7L);
    voter.accept(trial("a", "edge1"));
    voter.accept(trial("a", "edge1"));
    assertThat(voter.vote()).isEqualTo(new Wire.Vote("a", null, true));
    assertThat(served).containsExactly(7L, 8L);
    voter.accept(trial("a", "edge1").lookedAt());
    assertThat(voter.vote()).isEqualTo(new Wire.Vote("a", null, true, 1));
    voter.accept(Proposal.NONE);
    voter.accept(Proposal.NONE);
    assertThat(served).containsExactly(7L, 8L, 7L);
  }

  @Test
  void aCommittedTrialBecomesTheRevision() {
    voter.accept(trial("a", "edge1"));
    newest = 8;
    voter.accept(Proposal.NONE);
    assertThat(source.applied().revision()).isEqualTo(8);
    assertThat(served).last().isEqualTo(8L);
  }

  /// Out of reach of the farm, while the machine's clock is set ahead by a year and then back by more.
  @Test
  void aClockThatJumpsMakesATrialNeitherLongerNorShorter() {
    Instant[] wall = {Instant.parse("2026-11-21T12:00:00Z")};
    long[] nanos = {Long.MAX_VALUE - 5};
    SteadyClock steady = SteadyClock.start(() -> wall[0], () -> nanos[0]);
    Voter canary = new Voter("edge1", source, this::newest, steady, () -> {});
    canary.accept(trial("a", "edge1"));
    away = true;
    wall[0] = wall[0].plus(Duration.ofDays(365));
    nanos[0] += Duration.ofSeconds(59).toNanos();
    canary.accept(trial("a", "edge1"));
    assertThat(served).containsExactly(7L, 8L);
    wall[0] = wall[0].minus(Duration.ofDays(400));
    nanos[0] += Duration.ofSeconds(2).toNanos();
    canary.accept(trial("a", "edge1"));
    assertThat(served).containsExactly(7L, 8L, 7L);
  }

  @Test
  void aCanaryThatHearsNothingGoesBackByTheClock() {
    voter.accept(trial("a", "edge1"));
    away = true;
    now = now.plus(Duration.ofSeconds(59));
    voter.accept(trial("a", "edge1"));
    assertThat(served).containsExactly(7L, 8L);
    now = now.plus(Duration.ofSeconds(2));
    voter.accept(trial("a", "edge1"));
    voter.accept(trial("a", "edge1"));
    assertThat(served).containsExactly(7L, 8L, 7L);
  }
}
