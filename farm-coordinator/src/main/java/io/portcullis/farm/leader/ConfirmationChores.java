package io.portcullis.farm.leader;

import io.portcullis.farm.store.Leadership;
import io.portcullis.farm.store.Revision;
import io.portcullis.farm.store.Revisions.Outcome;
import io.portcullis.farm.store.StoreException;
import io.portcullis.farm.store.Unconfirmed;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Goes back from a revision that nobody confirmed in time. A farm whose coordinators were all away then goes back when one returns.
///
/// Going back is a compare-and-set on the revision that was not confirmed, so two leaders at once, or an operator who was faster, make one
/// revision of it. Nodes are not asked: they have served what comes back.
public final class ConfirmationChores implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ConfirmationChores.class);

  /// How late the farm may go back.
  private static final Duration PAUSE = Duration.ofMillis(500);

  /// Whom the history names.
  static final String AUTHOR = "farm";

  private final InstantSource clock;
  private final Rounds<Leadership> rounds;

  public ConfirmationChores(Supplier<Optional<Leadership>> seat, InstantSource clock) {
    this.clock = clock;
    rounds = new Rounds<>("confirmation chores", PAUSE, seat, this::look);
  }

  private void look(Leadership leadership) {
    try {
      Unconfirmed waiting = leadership.revisions().unconfirmed();
      Instant now = clock.instant();
      if (!waiting.isNone() && !now.isBefore(waiting.until())) {
        back(leadership, waiting, now);
      }
    } catch (StoreException e) {
      LOG.warn("whether a revision was confirmed is not known just now: {}", e.toString());
    }
  }

  private void back(Leadership leadership, Unconfirmed waiting, Instant now) throws StoreException {
    Optional<Revision> target = leadership.revisions().read(waiting.backTo());
    if (target.isEmpty()) {
      LOG.error("revision {} is not there to go back to", waiting.backTo());
      return;
    }
    String reason =
        "back to %d: revision %d was not confirmed in time"
            .formatted(waiting.backTo(), waiting.revision());
    Revision next =
        new Revision(
            waiting.revision() + 1,
            AUTHOR,
            now,
            reason,
            target.get().source(),
            target.get().expanded());
    switch (leadership.revisions().write(waiting.revision(), next)) {
      case Outcome.Written written -> {
        LOG.warn("revision {}: {}", written.revision(), reason);
        leadership.audit().append(now, AUTHOR, "revision " + written.revision() + ": " + reason);
      }
      case Outcome.Conflict conflict ->
          LOG.info("revision {} came before going back", conflict.current());
    }
  }

  @Override
  public void close() {
    rounds.close();
  }
}
