package io.portcullis.farm.leader;

import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.api.wire.WireJson;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.Leadership;
import io.portcullis.farm.store.Revision;
import io.portcullis.farm.store.StoreException;
import io.portcullis.farm.store.Unconfirmed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Goes back from a revision that a node accepted in the vote and cannot serve after all, so that all nodes serve the same again.
///
/// Only a node that voted for it counts, and only just after: a machine that joins later, restarts, or comes back from hours away and finds a port
/// taken must not undo what the others serve. And never from a revision that the farm itself made by going back, so that each change of an
/// operator is undone once at most.
public final class RejectionChores implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RejectionChores.class);

  /// How late the farm may go back: each look reads one znode, and the reports only while the revision is young.
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /// A node takes a revision within seconds, or says why it cannot.
  static final Duration YOUNG = Duration.ofMinutes(2);

  private final FarmStore store;
  private final InstantSource clock;
  private final Rounds<Leadership> rounds;

  public RejectionChores(
      FarmStore store, Supplier<Optional<Leadership>> seat, InstantSource clock) {
    this.store = store;
    this.clock = clock;
    rounds = new Rounds<>("rejection chores", PAUSE, seat, this::look);
  }

  private void look(Leadership leadership) {
    try {
      Optional<Revision> newest = leadership.revisions().newest();
      Instant now = clock.instant();
      if (newest.isPresent() && mayGoBack(newest.get(), now)) {
        back(leadership, newest.get().number(), now);
      }
    } catch (StoreException e) {
      LOG.warn("whether a revision was rejected is not known just now: {}", e.toString());
    }
  }

  static boolean mayGoBack(Revision newest, Instant now) {
    return newest.number() > 1
        && !newest.author().equals(GoingBack.AUTHOR)
        && now.isBefore(newest.time().plus(YOUNG))
        && !newest.time().isAfter(now.plus(YOUNG));
  }

  private void back(Leadership leadership, long revision, Instant now) throws StoreException {
    for (Map.Entry<String, String> report : store.nodes().reports().entrySet()) {
      Optional<String> why = rejection(report.getValue(), revision);
      if (why.isPresent()) {
        Unconfirmed waiting = leadership.revisions().unconfirmed();
        long to = waiting.revision() == revision ? waiting.backTo() : revision - 1;
        GoingBack.from(
            leadership,
            revision,
            to,
            "was accepted by %s, which cannot serve it: %s".formatted(report.getKey(), why.get()),
            now);
        return;
      }
    }
  }

  /// Why the node of this report cannot serve the revision although it voted for it.
  static Optional<String> rejection(String report, long revision) {
    try {
      Wire.NodeStatus status =
          WireJson.read(report.getBytes(StandardCharsets.UTF_8), Wire.NodeStatus.class);
      Wire.Standing standing = status.standing();
      String why = status.rejected();
      return standing != null
              && why != null
              && standing.outcome().rejected() == revision
              && standing.outcome().accepted() == revision
          ? Optional.of(why)
          : Optional.empty();
    } catch (IOException e) {
      LOG.debug("a node's report is not understood", e);
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    rounds.close();
  }
}
