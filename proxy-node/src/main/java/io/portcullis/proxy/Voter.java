package io.portcullis.proxy;

import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.store.Proposal;
import io.portcullis.farm.store.Revision;
import io.portcullis.proxy.config.FarmSource;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This node's part in a change of the farm: it says whether it could serve what is proposed, and serves it on trial if it is the canary.
///
/// One thread calls it, that of the watch, every few seconds also when nothing changed; any thread may ask for the vote. A trial ends with its
/// proposal; if the farm is away, by the clock.
final class Voter implements Consumer<Proposal> {

  private static final Logger LOG = LoggerFactory.getLogger(Voter.class);

  /// What the farm decided at last.
  @FunctionalInterface
  interface Newest {
    Optional<Revision> revision() throws IOException;
  }

  private final String id;
  private final FarmSource source;
  private final Newest newest;
  private final InstantSource clock;
  private final Runnable changed;
  private volatile Wire.@Nullable Vote vote;
  private volatile long accepted;
  private boolean onTrial;
  private Instant trialEnds = Instant.MAX;

  /// @param id this node's
  /// @param changed told when [#vote] says something new
  Voter(String id, FarmSource source, Newest newest, InstantSource clock, Runnable changed) {
    this.id = id;
    this.source = source;
    this.newest = newest;
    this.clock = clock;
    this.changed = changed;
  }

  Wire.@Nullable Vote vote() {
    return vote;
  }

  /// Number of the proposal that was voted for last; 0 = none.
  long accepted() {
    return accepted;
  }

  @Override
  public void accept(Proposal proposal) {
    try {
      Wire.Vote mine = vote;
      boolean known = mine != null && mine.proposal().equals(proposal.id());
      if (onTrial && (!known || clock.instant().isAfter(trialEnds))) {
        endTrial(proposal);
      } else if (!proposal.isNone() && !known) {
        consider(proposal);
      } else if (known && !onTrial && isMyTrial(proposal) && !clock.instant().isAfter(trialEnds)) {
        begin(proposal);
      } else if (mine != null && onTrial && mine.looks() != proposal.looks()) {
        say(new Wire.Vote(mine.proposal(), mine.veto(), true, proposal.looks()));
      }
    } catch (IOException e) {
      LOG.warn("the farm's proposal waits: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isMyTrial(Proposal proposal) {
    return proposal.canary().equals(id);
  }

  private void consider(Proposal proposal) throws IOException, InterruptedException {
    String objection = source.objection(proposal);
    if (objection != null) {
      LOG.warn("revision {} is vetoed: {}", proposal.number(), objection);
    }
    accepted = objection == null ? proposal.number() : 0;
    trialEnds = Instant.MAX;
    say(new Wire.Vote(proposal.id(), objection, false));
    if (objection == null && isMyTrial(proposal)) {
      begin(proposal);
    }
  }

  private void begin(Proposal proposal) throws IOException, InterruptedException {
    LOG.info("serving revision {} on trial", proposal.number());
    onTrial = true;
    trialEnds = clock.instant().plus(Duration.ofMillis(proposal.trialMillis()).multipliedBy(2));
    String objection = source.serveOnTrial(proposal);
    say(new Wire.Vote(proposal.id(), objection, true));
  }

  private void endTrial(Proposal proposal) throws InterruptedException, IOException {
    Optional<Revision> decided = Optional.empty();
    try {
      decided = newest.revision();
    } catch (IOException e) {
      LOG.warn("the trial ends without a word from the farm: {}", e.toString());
    }
    source.endTrial(decided);
    onTrial = false;
    // Begun anew only for another proposal.
    trialEnds = Instant.MIN;
    say(new Wire.Vote(proposal.id(), "its trial is over", false));
  }

  private void say(Wire.Vote next) {
    vote = next;
    changed.run();
  }
}
