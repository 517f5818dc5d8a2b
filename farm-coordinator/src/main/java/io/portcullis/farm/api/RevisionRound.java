package io.portcullis.farm.api;

import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.model.Problem;
import io.portcullis.farm.rollout.Ballot;
import io.portcullis.farm.rollout.CanaryTrial;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.Proposal;
import io.portcullis.farm.store.ProposalBook;
import io.portcullis.farm.store.Revision;
import io.portcullis.farm.store.Revisions.Outcome;
import io.portcullis.farm.store.StoreException;
import io.portcullis.farm.store.Unconfirmed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One change put before the farm: proposed, voted on by every live node, tried by a canary, and committed as a whole or not at all.
///
/// The proposal is ephemeral and the commit is one ZooKeeper transaction that also ends it, so wherever this coordinator dies the farm
/// has either the old revision or the new one.
final class RevisionRound {
  private static final Logger LOG = LoggerFactory.getLogger(RevisionRound.class);

  /// A node compiles in a fraction of a second, and gives members' names three to resolve.
  static final Duration PATIENCE = Duration.ofSeconds(10);

  /// Long enough for a day's ups and downs to show, short enough to wait for.
  static final Duration LONGEST_TRIAL = Duration.ofMinutes(10);

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

  private final FarmStore store;
  private final StatusBoard board;

  RevisionRound(FarmStore store, StatusBoard board) {
    this.store = store;
    this.board = board;
  }

  /// @param revision 0 if it was refused
  /// @param problems vetoes refuse; a node that did not answer is a warning
  record Result(long revision, List<Problem> problems) {}

  Result run(long base, Revision draft, Unconfirmed unconfirmed, Wire.@Nullable Canary canary)
      throws Refusal, StoreException {
    Proposal proposal =
        Proposal.of(UUID.randomUUID().toString(), base + 1, draft.author(), draft.expanded());
    ProposalBook.Open open = store.proposals().open(proposal).orElseThrow(() -> another(base));
    boolean decided = false;
    try {
      // What was read before the proposal lay there may be old by now.
      if (store.revisions().current() != base) {
        throw conflict(base, store.revisions().current());
      }
      List<Problem> problems = vote(proposal);
      Revision next = draft;
      if (canary != null && problems.stream().noneMatch(Problem::isError)) {
        Trial trial = trial(open, canary);
        open = trial.open();
        problems.addAll(trial.objections());
        next = because(draft, canary, trial.summary());
      }
      if (problems.stream().anyMatch(Problem::isError)) {
        return new Result(0, problems);
      }
      Outcome outcome = store.revisions().write(base, next, unconfirmed, open);
      decided = outcome instanceof Outcome.Written;
      return new Result(written(base, next, outcome), problems);
    } finally {
      if (!decided) {
        store.proposals().withdraw(open);
      }
    }
  }

  private long written(long base, Revision next, Outcome outcome) throws Refusal, StoreException {
    return switch (outcome) {
      case Outcome.Written written -> {
        LOG.info("revision {} by {}: {}", written.revision(), next.author(), next.reason());
        store
            .audit()
            .append(
                next.time(),
                next.author(),
                "revision " + written.revision() + ": " + next.reason());
        yield written.revision();
      }
      case Outcome.Conflict conflict -> throw conflict(base, conflict.current());
    };
  }

  private List<Problem> vote(Proposal proposal) throws StoreException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    Ballot ballot = Ballot.of(proposal.id(), board.nodes());
    while (!ballot.isComplete() && System.nanoTime() < deadline) {
      pause();
      ballot = Ballot.of(proposal.id(), board.nodes());
    }
    List<Problem> problems = new ArrayList<>();
    ballot
        .vetoes()
        .forEach((node, reason) ->
            problems.add(
                Problem.error(
                    "nodes[" + node + "]",
                    "node %s cannot serve it: %s".formatted(node, reason),
                    "mend the document, or what is wrong on %s; the farm is unchanged everywhere"
                        .formatted(node))));
    if (problems.isEmpty()) {
      ballot
          .missing()
          .forEach(node ->
              problems.add(
                  Problem.warning(
                      "nodes[" + node + "]",
                      "node %s did not say within %d s whether it can serve it"
                          .formatted(node, PATIENCE.toSeconds()),
                      "it was not waited for and takes the revision when it is back; see \"farmctl"
                          + " status\"")));
    }
    return problems;
  }

  private record Trial(ProposalBook.Open open, List<Problem> objections, String summary) {}

  private Trial trial(ProposalBook.Open open, Wire.Canary canary) throws StoreException {
    Duration length = Duration.ofSeconds(canary.seconds());
    ProposalBook.Open last = open;
    Optional<ProposalBook.Open> begun =
        store.proposals().change(open, open.proposal().onTrial(canary.node(), length.toMillis()));
    Optional<Wire.Load> before = Optional.empty();
    Optional<Wire.Load> after = Optional.empty();
    if (begun.isPresent()) {
      last = begun.get();
      before = figures(last.proposal());
      if (before.isPresent() && servesFor(length, last.proposal())) {
        // Its report may be seconds old: it is asked for a fresh one.
        Optional<ProposalBook.Open> asked =
            store.proposals().change(last, last.proposal().lookedAt());
        last = asked.orElse(last);
        after = asked.isEmpty() ? Optional.empty() : figures(last.proposal());
      }
    }
    if (before.isEmpty() || after.isEmpty()) {
      return refused(last, canary, "it did not serve the trial from beginning to end");
    }
    CanaryTrial trial = new CanaryTrial(before.get(), after.get());
    Optional<String> objection = trial.objection();
    return objection.isPresent()
        ? refused(last, canary, objection.get())
        : new Trial(last, List.of(), trial.summary());
  }

  private static Trial refused(ProposalBook.Open open, Wire.Canary canary, String objection) {
    return new Trial(
        open,
        List.of(
            Problem.error(
                "canary",
                "%s is not promoted: %s".formatted(canary.node(), objection),
                "the farm is unchanged and %s goes back to what it served; look at its log"
                    .formatted(canary.node()))),
        "");
  }

  /// @return false if the canary left, or gave up, before the time was over
  private boolean servesFor(Duration length, Proposal onTrial) throws StoreException {
    long end = System.nanoTime() + length.toNanos();
    boolean serves = true;
    while (serves && System.nanoTime() < end) {
      pause();
      serves = load(onTrial).isPresent();
    }
    return serves;
  }

  /// What the canary has answered by now, once it serves the trial.
  private Optional<Wire.Load> figures(Proposal onTrial) throws StoreException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    Optional<Wire.Load> load = load(onTrial);
    while (load.isEmpty() && System.nanoTime() < deadline) {
      pause();
      load = load(onTrial);
    }
    return load;
  }

  private Optional<Wire.Load> load(Proposal onTrial) throws StoreException {
    Optional<Wire.NodeStatus> report = board.find(onTrial.canary());
    Wire.Standing standing = report.map(Wire.NodeStatus::standing).orElse(null);
    Wire.Vote vote = standing == null ? null : standing.vote();
    boolean serves =
        vote != null
            && vote.proposal().equals(onTrial.id())
            && vote.trial()
            && vote.veto() == null
            && vote.looks() >= onTrial.looks();
    return serves && standing != null ? Optional.of(standing.load()) : Optional.empty();
  }

  private static Revision because(Revision draft, Wire.Canary canary, String summary) {
    String tried = "canary " + canary.node() + ": " + summary;
    return new Revision(
        draft.number(),
        draft.author(),
        draft.time(),
        draft.reason().isEmpty() ? tried : draft.reason() + " (" + tried + ")",
        draft.source(),
        draft.expanded());
  }

  private Refusal another(long base) {
    String who = "somebody";
    try {
      who = store.proposals().current().map(Proposal::author).orElse(who);
    } catch (StoreException e) {
      LOG.debug("whose proposal it is stays unknown", e);
    }
    return new Refusal(
        409,
        "the farm is at revision %d, and %s is making it revision %d at this moment"
            .formatted(base, who, base + 1),
        "wait for that to end (\"farmctl history\"), look at \"farmctl diff\", then apply again");
  }

  static Refusal conflict(long seen, long current) {
    if (seen == current) {
      return new Refusal(
          503,
          "nothing was changed: the farm is at revision %d still, the connection to its store was lost meanwhile"
              .formatted(current),
          "apply again");
    }
    return new Refusal(
        409,
        "the farm is at revision %d, this change was made for revision %d".formatted(current, seen),
        "look at \"farmctl get revision %d\" and \"farmctl diff\", then apply again"
            .formatted(current));
  }

  private static void pause() {
    try {
      Thread.sleep(BETWEEN_LOOKS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the coordinator is stopping", e);
    }
  }
}
