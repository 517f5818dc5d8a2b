package io.portcullis.farm.leader;

import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.api.wire.WireJson;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.Leadership;
import io.portcullis.farm.store.StoreException;
import io.portcullis.farm.store.TicketRing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the leader does for session tickets: makes the first key, a new one twice a day, lets it seal when every node has it, and destroys
/// the old ones. Each step is one compare-and-set, so two leaders at once make one rotation.
public final class TicketChores implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TicketChores.class);

  /// Between two looks at what there is to do.
  private static final Duration PAUSE = Duration.ofMillis(500);

  /// @param rotate a key that leaks opens what was sent under its tickets: this is how much
  /// @param keep how long a retired key still opens what it sealed
  /// @param patience a node that has not said that it has the new key is left behind: its clients make a full handshake
  public record Spans(Duration rotate, Duration keep, Duration patience) {
    public static final Spans USUAL =
        new Spans(Duration.ofHours(12), Duration.ofHours(12), Duration.ofMinutes(5));
  }

  private final FarmStore store;
  private final InstantSource clock;
  private final Spans spans;
  private final Rounds<Leadership> rounds;

  public TicketChores(
      FarmStore store, Supplier<Optional<Leadership>> seat, InstantSource clock, Spans spans) {
    this.store = store;
    this.clock = clock;
    this.spans = spans;
    rounds = new Rounds<>("ticket chores", PAUSE, seat, this::chores);
  }

  private void chores(Leadership leadership) {
    try {
      Instant now = clock.instant();
      TicketRing ring = store.tickets().read();
      TicketRing after = step(ring, now);
      if (after.generation() != ring.generation()) {
        TicketRing written =
            leadership
                .tickets()
                .update(found -> found.generation() == ring.generation() ? after : found);
        LOG.info("session-ticket keys, generation {}: {}", written.generation(), written.keys());
      }
    } catch (StoreException e) {
      LOG.warn("the session-ticket keys wait: {}", e.toString());
    }
  }

  private TicketRing step(TicketRing ring, Instant now) throws StoreException {
    if (ring.sealing().isEmpty()) {
      return TicketRing.first(now);
    }
    if (ring.announced().isPresent()) {
      return mayPromote(ring, ring.announced().get(), now) ? ring.promoting(now) : ring;
    }
    TicketRing left = ring.forgetting(now, spans.keep());
    boolean due = TicketRing.isOver(ring.sealing().get().since(), spans.rotate(), now);
    return due ? left.announcing(now) : left;
  }

  private boolean mayPromote(TicketRing ring, TicketRing.Key announced, Instant now)
      throws StoreException {
    List<String> without = without(ring.generation(), store.nodes().reports());
    if (without.isEmpty()) {
      return true;
    }
    boolean late = TicketRing.isOver(announced.since(), spans.patience(), now);
    if (late) {
      LOG.warn(
          "session-ticket key {} seals from now on although {} did not say that they have it: clients"
              + " that move there make a full handshake",
          announced.number(),
          without);
    }
    return late;
  }

  /// Live nodes that take farm keys and do not have this generation.
  static List<String> without(long generation, Map<String, String> reports) {
    List<String> without = new ArrayList<>();
    reports.forEach((id, report) -> {
      try {
        Wire.Standing standing =
            WireJson.read(report.getBytes(StandardCharsets.UTF_8), Wire.NodeStatus.class)
                .standing();
        if (standing != null && standing.tickets() < generation) {
          without.add(id);
        }
      } catch (IOException e) {
        // Of another release: it cannot say, so nobody can wait for it.
        LOG.debug("the report of node {} is not understood", id, e);
      }
    });
    return without;
  }

  @Override
  public void close() {
    rounds.close();
  }
}
