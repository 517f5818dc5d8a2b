package io.portcullis.farm.store;

import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.Participant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one seat among coordinators from which chores are done. Whoever's connection is in doubt does not sit on it.
///
/// Two may still believe for a moment that they do; so a chore's writes must be harmless from both.
public final class LeaderSeat implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LeaderSeat.class);

  private final LeaderLatch latch;

  LeaderSeat(CuratorFramework client, FarmPaths paths, String id) {
    latch = new LeaderLatch(client, paths.leader(), id);
    try {
      latch.start();
    } catch (Exception e) {
      throw new IllegalStateException("a new latch starts", e);
    }
  }

  /// Curator gives the seat up as soon as the connection is suspended.
  public boolean isMine() {
    return latch.hasLeadership();
  }

  /// The coordinators that run, by id.
  public Set<String> standing() throws StoreException {
    try {
      return latch.getParticipants().stream()
          .map(Participant::getId)
          .collect(Collectors.toCollection(TreeSet::new));
    } catch (Exception e) {
      throw new StoreException(
          StoreException.Kind.UNREACHABLE, "who stands for the chores cannot be read: " + e, e);
    }
  }

  @Override
  public void close() {
    try {
      latch.close();
    } catch (IOException e) {
      LOG.debug("the seat goes with its session", e);
    }
  }
}
