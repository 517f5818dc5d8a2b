package io.portcullis.farm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.portcullis.farm.api.client.AdminClient;
import io.portcullis.farm.api.client.AdminException;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.api.wire.WireJson;
import io.portcullis.farm.identity.Role;
import io.portcullis.farm.model.Problem;
import io.portcullis.farm.store.Announcement;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.Proposal;
import io.portcullis.farm.store.ProposalBook;
import io.portcullis.farm.store.Revision;
import io.portcullis.farm.store.Revisions;
import io.portcullis.farm.store.Unconfirmed;
import io.portcullis.farm.store.ZnodeWatch;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Revisions as transactions over a farm whose nodes answer as a test says.
class TransactionTest {
  @TempDir static Path shared;
  private static Bench bench;
  private static AdminClient operator;
  private static Map<String, String> files;
  private static int weight;

  private long base;

  /// A node in the farm's eyes: a report, and a vote on whatever is proposed.
  private static final class Node implements AutoCloseable {
    private final String id;
    private final FarmStore store;
    private final Announcement announcement;
    private final ZnodeWatch<Proposal> watch;
    private volatile Wire.@Nullable Vote vote;
    private volatile Wire.Load load = Wire.Load.NONE;
    private volatile @Nullable String rejected;
    private volatile Wire.Outcome outcome = Wire.Outcome.NONE;

    /// Says that it cannot serve a revision.
    void rejects(long accepted, long revision) {
      rejected = "listeners: port taken";
      outcome = new Wire.Outcome(accepted, revision, null);
      announcement.refresh();
    }

    Node(String id, Function<Proposal, Wire.@Nullable Vote> votes) throws Exception {
      this.id = id;
      store = FarmStore.connect(bench.homeOf(Role.NODE, id));
      announcement = store.nodes().announce(id, this::report);
      watch =
          store.watchProposals(proposal -> {
            if (!proposal.isNone()) {
              vote = votes.apply(proposal);
              announcement.refresh();
            }
          });
      Bench.eventually(() -> operator.status().nodes().stream().anyMatch(n -> n.id().equals(id)));
    }

    private String report() {
      return new String(
          WireJson.write(
              new Wire.NodeStatus(
                  id,
                  "0.1",
                  Instant.EPOCH,
                  0,
                  rejected,
                  Map.of(),
                  Map.of(),
                  0,
                  0,
                  false,
                  new Wire.Standing(0, vote, load, outcome))),
          StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
      watch.close();
      announcement.close();
      store.close();
    }
  }

  private static Wire.Vote yes(Proposal proposal) {
    return new Wire.Vote(proposal.id(), null, false);
  }

  @BeforeAll
  static void startFarm() throws Exception {
    bench = Bench.start(shared);
    operator = bench.operator();
    files = bench.files("webext01.contoso.com");
  }

  @AfterAll
  static void stopFarm() {
    operator.close();
    bench.close();
  }

  @BeforeEach
  void haveARevision() throws Exception {
    base = apply(fresh(), null).revision();
  }

  private static String fresh() {
    return Bench.document(++weight);
  }

  private static Wire.ApplyResponse apply(String document, Wire.@Nullable Care care)
      throws AdminException {
    return operator.apply(new Wire.ApplyRequest(document, files, null, "a test", care), false);
  }

  private static Wire.Care confirmWithin(Duration time) {
    return new Wire.Care(time.toSeconds(), null);
  }

  private static List<Problem> errors(Wire.ApplyResponse answer) {
    return answer.problems().stream().filter(Problem::isError).toList();
  }

  @Test
  void whatEveryNodeAcceptsIsCommitted() throws Exception {
    try (Node _ = new Node("edge1", TransactionTest::yes);
        Node _ = new Node("edge2", TransactionTest::yes)) {
      Wire.ApplyResponse answer = apply(fresh(), null);
      assertThat(answer.accepted()).as("%s", answer.problems()).isTrue();
      assertThat(answer.revision()).isEqualTo(base + 1);
    }
  }

  @Test
  void aVetoNamesNodeAndReasonAndNothingChangesAnywhere() throws Exception {
    try (Node _ = new Node("edge1", TransactionTest::yes);
        Node _ =
            new Node("edge2", proposal -> new Wire.Vote(proposal.id(), "cannot bind 443", false));
        FarmStore store = FarmStore.connect(bench.home())) {
      Wire.ApplyResponse answer = apply(fresh(), null);
      assertThat(answer.accepted()).isFalse();
      assertThat(answer.revision()).isEqualTo(base);
      assertThat(errors(answer))
          .singleElement()
          .satisfies(problem ->
              assertThat(problem.toString())
                  .contains("nodes[edge2]", "cannot bind 443", "unchanged everywhere"));
      assertThat(operator.status().revision()).isEqualTo(base);
      assertThat(store.proposals().current()).isEmpty();
      assertThat(store.revisions().read(base + 1)).isEmpty();
    }
  }

  @Test
  void aNodeThatDoesNotAnswerIsNamedAndDoesNotBlock() throws Exception {
    try (Node _ = new Node("mute", _ -> null)) {
      Wire.ApplyResponse answer = apply(fresh(), null);
      assertThat(answer.accepted()).isTrue();
      assertThat(answer.problems())
          .filteredOn(problem -> problem.path().equals("nodes[mute]"))
          .singleElement()
          .satisfies(problem -> assertThat(problem.isError()).isFalse())
          .satisfies(problem -> assertThat(problem.message()).contains("did not say"));
    }
  }

  @Test
  void aChangeThatMeetsAnotherIsToldBothRevisions() throws Exception {
    try (FarmStore other = FarmStore.connect(bench.homeOf(Role.COORDINATOR, "other"))) {
      ProposalBook.Open open =
          other.proposals().open(Proposal.of("x", base + 1, "operator-9", "")).orElseThrow();
      assertThatExceptionOfType(AdminException.class)
          .isThrownBy(() -> apply(fresh(), null))
          .satisfies(e -> assertThat(e.reason()).isEqualTo(AdminException.Reason.CONFLICT))
          .withMessageContaining("revision " + base + ",")
          .withMessageContaining("operator-9")
          .withMessageContaining("revision " + (base + 1));
      other.proposals().withdraw(open);
    }
    assertThat(apply(fresh(), null).revision()).isEqualTo(base + 1);
  }

  /// Where a coordinator may die while it changes the farm.
  private enum Step {
    PROPOSED,
    ON_TRIAL,
    COMMITTED
  }

  @Test
  void whereverACoordinatorDiesTheFarmHasOneRevision() throws Exception {
    for (Step step : Step.values()) {
      long before = operator.status().revision();
      try (FarmStore dying = FarmStore.connect(bench.homeOf(Role.COORDINATOR, "dying"))) {
        Revision old = dying.revisions().newest().orElseThrow();
        ProposalBook.Open open =
            dying
                .proposals()
                .open(Proposal.of("x", before + 1, "dying", old.expanded()))
                .orElseThrow();
        if (step != Step.PROPOSED) {
          open = dying.proposals().change(open, open.proposal().onTrial("edge1", 1)).orElseThrow();
        }
        if (step == Step.COMMITTED) {
          assertThat(dying.revisions().write(before, old, Unconfirmed.NONE, open))
              .isEqualTo(new Revisions.Outcome.Written(before + 1));
        }
      }
      long after = step == Step.COMMITTED ? before + 1 : before;
      try (FarmStore store = FarmStore.connect(bench.home())) {
        Bench.eventually(() -> store.proposals().current().isEmpty());
        assertThat(store.revisions().current()).as("%s", step).isEqualTo(after);
        assertThat(store.revisions().read(after + 1)).as("%s", step).isEmpty();
      }
      assertThat(apply(fresh(), null).revision()).as("%s", step).isEqualTo(after + 1);
    }
  }

  @Test
  void aProposalThatIsGoneCannotBeCommitted() throws Exception {
    try (FarmStore store = FarmStore.connect(bench.homeOf(Role.COORDINATOR, "late"))) {
      Revision old = store.revisions().newest().orElseThrow();
      ProposalBook.Open open =
          store.proposals().open(Proposal.of("x", base + 1, "late", "")).orElseThrow();
      store.proposals().withdraw(open);
      assertThat(store.revisions().write(base, old, Unconfirmed.NONE, open))
          .isEqualTo(new Revisions.Outcome.Conflict(base));
      assertThat(store.revisions().read(base + 1)).isEmpty();
    }
  }

  @Test
  void anUnconfirmedRevisionGoesBackByItself() throws Exception {
    String kept = operator.revision(base).expanded();
    assertThat(apply(fresh(), confirmWithin(Duration.ofMinutes(5))).revision()).isEqualTo(base + 1);
    assertThat(operator.status().unconfirmed())
        .satisfies(waiting -> assertThat(waiting.backTo()).isEqualTo(base));
    // Another one that is not confirmed either: what was confirmed last comes back.
    apply(fresh(), confirmWithin(Duration.ofMinutes(5)));
    bench.clock.advance(Duration.ofMinutes(4));
    assertThat(operator.status().revision()).isEqualTo(base + 2);
    bench.clock.advance(Duration.ofMinutes(2));
    Bench.eventually(() -> operator.status().revision() == base + 3);
    Wire.RevisionDocument back = operator.revision(base + 3);
    assertThat(back.expanded()).isEqualTo(kept);
    assertThat(back.summary().author()).isEqualTo("the farm");
    assertThat(back.summary().reason()).contains("back to " + base, "not confirmed");
    assertThat(operator.status().unconfirmed()).isNull();
  }

  @Test
  void aRevisionThatANodeAcceptedAndCannotServeGoesBackByItselfOnce() throws Exception {
    String kept = operator.revision(base).expanded();
    try (Node node = new Node("fickle", TransactionTest::yes)) {
      assertThat(apply(fresh(), null).revision()).isEqualTo(base + 1);
      node.rejects(base + 1, base + 1);
      Bench.eventually(() -> operator.status().revision() == base + 2);
      Wire.RevisionDocument back = operator.revision(base + 2);
      assertThat(back.expanded()).isEqualTo(kept);
      assertThat(back.summary().author()).isEqualTo("the farm");
      assertThat(back.summary().reason())
          .contains("back to " + base, "accepted by fickle", "port taken");
      assertThat(operator.audit().entries())
          .anyMatch(entry -> entry.what().contains("accepted by fickle"));

      // It cannot serve that one either: the farm does not swing to and fro.
      node.rejects(base + 2, base + 2);
      assertThat(apply(fresh(), null).revision()).isEqualTo(base + 3);
    }
  }

  @Test
  void aNodeThatDidNotVoteUndoesNothing() throws Exception {
    try (Node late = new Node("late-comer", TransactionTest::yes)) {
      assertThat(apply(fresh(), null).revision()).isEqualTo(base + 1);
      late.rejects(0, base + 1);
      // Another, which rounds of the chore must pass over the first to find.
      try (Node _ = new Node("steady", TransactionTest::yes)) {
        assertThat(apply(fresh(), null).revision()).isEqualTo(base + 2);
        late.rejects(base + 2, base + 1);
        assertThat(apply(fresh(), null).revision()).isEqualTo(base + 3);
      }
    }
    assertThat(operator.revisions())
        .noneMatch(one -> one.revision() > base && one.author().equals("the farm"));
  }

  @Test
  void aConfirmedRevisionStays() throws Exception {
    apply(fresh(), confirmWithin(Duration.ofMinutes(5)));
    assertThat(operator.confirm().revision()).isEqualTo(base + 1);
    assertThatExceptionOfType(AdminException.class)
        .isThrownBy(() -> operator.confirm())
        .withMessageContaining("no revision waits");
    bench.clock.advance(Duration.ofMinutes(6));
    assertThat(operator.status().unconfirmed()).isNull();
    assertThat(apply(fresh(), null).revision()).isEqualTo(base + 2);
  }

  @Test
  void aCanaryIsPromotedWhenItDoesAsBefore() throws Exception {
    try (Node canary = trying("canary", new Wire.Load(1100, 5, List.of(1100L)))) {
      canary.load = new Wire.Load(1000, 5, List.of(1000L));
      canary.announcement.refresh();
      Wire.ApplyResponse answer = apply(fresh(), tryOn("canary"));
      assertThat(answer.accepted()).as("%s", answer.problems()).isTrue();
      assertThat(operator.revisions().getFirst().reason())
          .contains("canary canary: 100 answers, 0.0 % failed");
    }
  }

  @Test
  void aCanaryThatFailsMoreIsNotPromoted() throws Exception {
    try (Node canary = trying("canary", new Wire.Load(1100, 55, List.of(1100L)))) {
      canary.load = new Wire.Load(1000, 5, List.of(1000L));
      canary.announcement.refresh();
      Wire.ApplyResponse answer = apply(fresh(), tryOn("canary"));
      assertThat(errors(answer))
          .singleElement()
          .satisfies(problem ->
              assertThat(problem.message()).contains("canary is not promoted", "50.0 %"));
      assertThat(operator.status().revision()).isEqualTo(base);
    }
  }

  private static Wire.Care tryOn(String node) {
    return new Wire.Care(0, new Wire.Canary(node, 1));
  }

  /// Serves a trial, and has answered `during` by then.
  private static Node trying(String id, Wire.Load during) throws Exception {
    Node[] made = new Node[1];
    made[0] =
        new Node(
            id,
            proposal -> {
              if (proposal.looks() == 1) {
                made[0].load = during;
              }
              return new Wire.Vote(
                  proposal.id(), null, proposal.canary().equals(id), proposal.looks());
            });
    return made[0];
  }
}
