package io.portcullis.farm.leader;

import io.portcullis.farm.store.Leadership;
import io.portcullis.farm.store.Revision;
import io.portcullis.farm.store.Revisions.Outcome;
import io.portcullis.farm.store.StoreException;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A revision that the farm makes by itself, with the content of an older one. It is a compare-and-set on the revision that it goes back from,
/// so two leaders at once, or an operator who was faster, make one revision of it. Nodes are not asked: they have served what comes back.
final class GoingBack {
  private static final Logger LOG = LoggerFactory.getLogger(GoingBack.class);

  /// Whom the history names. No operator can be called this: names have no blanks.
  static final String AUTHOR = "the farm";

  private GoingBack() {}

  /// @param why why `from` does not stay
  static void from(Leadership leadership, long from, long to, String why, Instant now)
      throws StoreException {
    Optional<Revision> target = leadership.revisions().read(to);
    if (target.isEmpty()) {
      LOG.error("revision {} is not there to go back to", to);
      return;
    }
    String reason = "back to %d: revision %d %s".formatted(to, from, why);
    Revision next =
        new Revision(from + 1, AUTHOR, now, reason, target.get().source(), target.get().expanded());
    switch (leadership.revisions().write(from, next)) {
      case Outcome.Written written -> {
        LOG.warn("revision {}: {}", written.revision(), reason);
        leadership.audit().append(now, AUTHOR, "revision " + written.revision() + ": " + reason);
      }
      case Outcome.Conflict conflict ->
          LOG.info("revision {} came before going back", conflict.current());
    }
  }
}
