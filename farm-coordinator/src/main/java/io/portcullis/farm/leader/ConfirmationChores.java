package io.portcullis.farm.leader;

import io.portcullis.farm.store.Leadership;
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
public final class ConfirmationChores implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ConfirmationChores.class);

  /// How late the farm may go back.
  private static final Duration PAUSE = Duration.ofMillis(500);

  private static final Duration LONGEST = Duration.ofDays(1);

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
      if (!waiting.isNone() && isOver(waiting, now)) {
        GoingBack.from(
            leadership, waiting.revision(), waiting.backTo(), "was not confirmed in time", now);
      }
    } catch (StoreException e) {
      LOG.warn("whether a revision was confirmed is not known just now: {}", e.toString());
    }
  }

  /// A day is the longest that an operator may ask for; what lies further ahead was written by a clock that was wrong.
  static boolean isOver(Unconfirmed waiting, Instant now) {
    return !now.isBefore(waiting.until()) || waiting.until().isAfter(now.plus(LONGEST));
  }

  @Override
  public void close() {
    rounds.close();
  }
}
