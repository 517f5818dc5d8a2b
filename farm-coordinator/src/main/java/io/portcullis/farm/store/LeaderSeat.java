package io.portcullis.farm.store;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.LeaderLatchListener;
import org.apache.curator.framework.recipes.leader.Participant;
import org.apache.zookeeper.KeeperException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one seat among coordinators from which chores are done. Whoever's connection is in doubt does not sit on it.
///
/// Two may still believe for a moment that they do. So whoever sits down begins a term: one transaction takes the next number, and only
/// while its own place in the queue is there, which the end of its session takes away. Every write of a [Leadership] is checked against that
/// number; from the moment that the next leader has begun its term, nothing of the one before counts.
public final class LeaderSeat implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LeaderSeat.class);

  private final CuratorFramework client;
  private final FarmPaths paths;
  private final Secrets secrets;
  private final String id;
  private final LeaderLatch latch;

  /// How often this coordinator sat down: a term belongs to one sitting.
  private final AtomicLong sittings = new AtomicLong();

  private final ReentrantLock begins = new ReentrantLock();
  private volatile @Nullable Held held;

  private record Held(long sitting, Leadership leadership) {}

  /// What `term` holds.
  record Stored(long number, String leader) {
    static final Stored NONE = new Stored(0, "");
  }

  LeaderSeat(CuratorFramework client, FarmPaths paths, Secrets secrets, String id) {
    this.client = client;
    this.paths = paths;
    this.secrets = secrets;
    this.id = id;
    latch = new LeaderLatch(client, paths.leader(), id);
    latch.addListener(
        new LeaderLatchListener() {
          @Override
          public void isLeader() {
            sittings.incrementAndGet();
          }

          @Override
          public void notLeader() {
            sittings.incrementAndGet();
          }
        });
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

  /// What this coordinator may write as the leader, with a term of this sitting; empty if it does not sit here. Blocks on the store once a
  /// sitting.
  public Optional<Leadership> leadership() {
    long sitting = sittings.get();
    Held now = held;
    if (!isMine()) {
      return Optional.empty();
    }
    return now != null && now.sitting() == sitting ? Optional.of(now.leadership()) : begin(sitting);
  }

  private Optional<Leadership> begin(long sitting) {
    begins.lock();
    try {
      Held now = held;
      if (now != null && now.sitting() == sitting) {
        return Optional.of(now.leadership());
      }
      Optional<Leadership> begun = take();
      begun.ifPresent(leadership -> held = new Held(sitting, leadership));
      return begun;
    } catch (StoreException e) {
      LOG.warn("no term begins just now, trying again: {}", e.toString());
      return Optional.empty();
    } finally {
      begins.unlock();
    }
  }

  private Optional<Leadership> take() throws StoreException {
    String place = latch.getOurPath();
    Znodes znodes = new Znodes(client);
    boolean _ = znodes.create(paths.term(), Znodes.encode(paths.term(), Stored.NONE));
    Optional<Znodes.Versioned<Stored>> before = znodes.readVersioned(paths.term(), Stored.class);
    if (place == null || before.isEmpty()) {
      return Optional.empty();
    }
    int version = before.get().version();
    long number = before.get().value().number() + 1;
    byte[] next = Znodes.encode(paths.term(), new Stored(number, id));
    boolean taken =
        znodes.run(
            paths.term(),
            c -> {
              try {
                c.transaction()
                    .forOperations(
                        c.transactionOp().check().forPath(place),
                        c.transactionOp()
                            .setData()
                            .withVersion(version)
                            .forPath(paths.term(), next));
                return true;
              } catch (KeeperException.BadVersionException | KeeperException.NoNodeException e) {
                // Somebody else's turn, or our own success seen after a lost connection: the next
                // try has a number of its own.
                return false;
              }
            });
    if (!taken) {
      return Optional.empty();
    }
    LOG.info("{} leads in term {}", id, number);
    Fence fence = new Fence(paths.term(), version + 1);
    return Optional.of(new Leadership(number, client, paths, secrets, fence));
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
    if (latch.getState() == LeaderLatch.State.CLOSED) {
      return;
    }
    try {
      latch.close();
    } catch (IOException e) {
      LOG.debug("the seat goes with its session", e);
    }
  }
}
