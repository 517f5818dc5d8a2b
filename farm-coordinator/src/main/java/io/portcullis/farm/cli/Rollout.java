package io.portcullis.farm.cli;

import io.portcullis.farm.api.client.AdminException;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.cli.Convergence.NodeState;
import io.portcullis.farm.cli.Convergence.State;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/// Watches a revision reach the nodes, telling each step, until all have decided or time is up.
final class Rollout {
  /// Often enough to feel immediate; a look costs the coordinator a handful of reads.
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

  private final Operator operator;
  private final Duration timeout;

  Rollout(Operator operator, Duration timeout) {
    this.operator = operator;
    this.timeout = timeout;
  }

  /// @param before the farm just before the revision was written
  /// @throws CommandFailure if a node rejects it or time is up
  void await(long revision, Wire.FarmStatus before) throws CommandFailure, InterruptedException {
    Terminal terminal = operator.terminal;
    Instant begin = terminal.time().instant();
    Convergence convergence = new Convergence(revision, before, begin);
    Map<String, State> told = new HashMap<>();
    while (true) {
      Instant now = terminal.time().instant();
      boolean late = Duration.between(begin, now).compareTo(timeout) >= 0;
      String trouble = "no coordinator answered";
      try {
        Map<String, NodeState> states =
            convergence.look(operator.client().status(), terminal.time().instant());
        states.forEach((id, state) -> tell(id, state, told, Duration.between(begin, now)));
        if (Convergence.decided(states)) {
          conclude(revision, states);
          return;
        }
        trouble = "still waiting for " + String.join(", ", Convergence.in(State.PENDING, states));
      } catch (AdminException e) {
        // The revision is written; a coordinator that restarts meanwhile changes nothing about
        // that.
        trouble = e.getMessage();
      }
      if (late) {
        throw CommandFailure.notFine(
            "revision %d is written, but after %s not every node has it: %s"
                .formatted(revision, Text.lasting(timeout), trouble),
            "it goes on by itself; look with \"farmctl status\", go back with \"farmctl rollback\"");
      }
      terminal.pause().pass(BETWEEN_LOOKS);
    }
  }

  private void tell(String id, NodeState state, Map<String, State> told, Duration after) {
    if (state.state() == State.PENDING || told.put(id, state.state()) == state.state()) {
      return;
    }
    Terminal terminal = operator.terminal;
    String took = " after " + after.toMillis() + " ms";
    terminal
        .err()
        .println(
            switch (state.state()) {
              case APPLIED ->
                  "  " + Text.safe(id) + " " + terminal.paint(Style.GOOD, "applied") + took;
              case REJECTED ->
                  "  "
                      + Text.safe(id)
                      + " "
                      + terminal.paint(Style.BAD, "rejected")
                      + ": "
                      + Text.safe(state.reason());
              case PENDING -> "";
            });
    terminal.err().flush();
  }

  private void conclude(long revision, Map<String, NodeState> states) throws CommandFailure {
    var rejected = Convergence.in(State.REJECTED, states);
    if (!rejected.isEmpty()) {
      throw CommandFailure.notFine(
          "revision %d was rejected by %s, which serve what they served before"
              .formatted(revision, String.join(", ", rejected)),
          "the farm goes back by itself if they had accepted it (\"farmctl history\" tells);"
              + " otherwise mend the document, or \"farmctl rollback\"");
    }
    operator.tell(
        states.isEmpty()
            ? "revision "
                + revision
                + " is written; no node is connected, nodes take it when they join"
            : "revision " + revision + " is serving on " + Text.count(states.size(), "node"));
  }
}
