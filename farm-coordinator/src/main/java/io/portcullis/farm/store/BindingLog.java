package io.portcullis.farm.store;

import io.portcullis.farm.binding.BadEntry;
import io.portcullis.farm.binding.BindingBatch;
import io.portcullis.farm.binding.BindingReplica;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.CuratorWatcher;
import org.apache.curator.framework.state.ConnectionStateListener;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Drives one [BindingReplica] with the log in ZooKeeper: follows it, appends to it, and begins at a snapshot where it must.
///
/// A watch is a hint, the cursor is the truth: the persistent watch, answered appends, a returned connection and a slow clock all only say
/// how far the log may reach; entries are read by number from the replica's own place. After each (re)connection the watch is set again, the
/// epoch is listed, and what was appended and not seen is appended again.
///
/// | what | owner | others |
/// |---|---|---|
/// | the replica, `placed`, `listed`, `openSince`, `lastSeen` | this thread | look-ups go to the replica from anywhere |
/// | `reach`, `look`, `again`, `wake` | Curator's threads and event loops set them | this thread takes them |
public final class BindingLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BindingLog.class);

  /// Less would multiply the batches, which cost, for milliseconds that nobody notices.
  private static final long LINGER_NANOS = 10_000_000;

  /// What a watch that never fires costs: one list of names.
  private static final long LOOK_ANYWAY_NANOS = 5_000_000_000L;

  /// An append that was not seen for so long is not coming.
  private static final long RESEND_NANOS = 10_000_000_000L;

  private static final long IDLE_MILLIS = 1_000;

  /// Hands what this process wishes for to the replica; called on the log's thread.
  public interface Intake {
    /// A process that only follows.
    Intake NOTHING = _ -> 0;

    int drain(BindingReplica into);
  }

  private final CuratorFramework client;
  private final FarmPaths paths;
  private final FarmAcls acls;
  private final BindingReplica replica;
  private final BindingStorage storage;
  private final Intake intake;
  private final CountDownLatch caughtUp = new CountDownLatch(1);
  private final Semaphore wake = new Semaphore(0);
  private final AtomicLong reach = new AtomicLong();
  private final AtomicBoolean look = new AtomicBoolean(true);
  private final AtomicBoolean again = new AtomicBoolean();
  private final Queue<Consumer<BindingReplica>> tasks = new ConcurrentLinkedQueue<>();
  private final CuratorWatcher hint = event -> reaches(event.getPath());
  private final ConnectionStateListener onConnection;
  private final Homecoming homecoming;
  private final Thread thread;
  private volatile Consumer<BindingReplica> onSeal = _ -> {};
  private volatile boolean sleeping;
  private volatile boolean closed;
  private boolean placed;
  private long openSince;
  private long lastSeen;
  private long lastLook;

  /// The epoch that was listed last: of another, nobody has said how far it goes.
  private long listed;

  BindingLog(
      CuratorFramework client,
      FarmPaths paths,
      FarmAcls acls,
      BindingReplica replica,
      Intake intake) {
    this.client = client;
    this.paths = paths;
    this.acls = acls;
    this.replica = replica;
    this.storage = new BindingStorage(client, new Znodes(client), paths);
    this.intake = intake;
    homecoming = new Homecoming(System::nanoTime, ThreadLocalRandom.current()::nextDouble);
    homecoming.connected(client.getZookeeperClient().isConnected());
    onConnection =
        (_, state) -> {
          homecoming.connected(state.isConnected());
          if (state.isConnected()) {
            again.set(true);
            look.set(true);
            wake.release();
          }
        };
    client.getConnectionStateListenable().addListener(onConnection);
    thread = Thread.ofPlatform().name("binding-log").daemon().start(this::run);
  }

  /// There is something to drain. Cheap unless the thread sleeps; for event loops.
  public void wake() {
    if (sleeping) {
      sleeping = false;
      wake.release();
    }
  }

  /// Whether the table has once been brought up to the log's end.
  public boolean hasCaughtUp() {
    return caughtUp.getCount() == 0;
  }

  /// Waits for it.
  public boolean awaitCaughtUp(Duration patience) throws InterruptedException {
    return caughtUp.await(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// Told, on the log's thread, when an epoch has just ended and the table is what the next one begins with.
  public void onSeal(Consumer<BindingReplica> listener) {
    onSeal = listener;
  }

  /// Does something with the replica on the log's thread.
  public <T> CompletableFuture<T> ask(Function<BindingReplica, T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    tasks.add(mine -> {
      try {
        answer.complete(question.apply(mine));
      } catch (RuntimeException e) {
        answer.completeExceptionally(e);
      }
    });
    wake.release();
    return answer;
  }

  private void run() {
    try {
      while (!closed) {
        sleep();
        for (var task = tasks.poll(); task != null; task = tasks.poll()) {
          task.accept(replica);
        }
        int before = replica.open();
        int _ = intake.drain(replica);
        if (before == 0 && replica.open() > 0) {
          openSince = System.nanoTime();
        }
        turn();
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private void sleep() throws InterruptedException {
    long millis = IDLE_MILLIS;
    if (replica.open() > 0) {
      long left = LINGER_NANOS - (System.nanoTime() - openSince);
      millis = Math.clamp(TimeUnit.NANOSECONDS.toMillis(left), 1, IDLE_MILLIS);
    } else {
      sleeping = true;
      // A wish that came before the line above has nobody to wake us.
      int _ = intake.drain(replica);
      if (replica.open() > 0) {
        openSince = System.nanoTime();
        millis = TimeUnit.NANOSECONDS.toMillis(LINGER_NANOS);
      }
    }
    boolean _ = wake.tryAcquire(millis, TimeUnit.MILLISECONDS);
    wake.drainPermits();
    sleeping = false;
  }

  private void turn() throws InterruptedException {
    if (!client.getZookeeperClient().isConnected() || homecoming.waits()) {
      return;
    }
    try {
      follow();
      append();
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      LOG.warn("the log of bindings is not followed just now, trying again: {}", e.toString());
      look.set(true);
      again.set(true);
      boolean _ = wake.tryAcquire(200, TimeUnit.MILLISECONDS);
    }
  }

  private void follow() throws Exception {
    long now = System.nanoTime();
    if (look.getAndSet(false) || now - lastLook > LOOK_ANYWAY_NANOS) {
      lastLook = now;
      lookFor();
    }
    while (true) {
      long known = reach.get();
      int end = known >>> 32 == replica.epoch() ? (int) known : 0;
      boolean later = known >>> 32 > replica.epoch();
      if (replica.position() >= end && !later) {
        if (listed != replica.epoch()) {
          // An epoch has just ended; what the next one holds by now is not known yet.
          lookFor();
          continue;
        }
        caughtUp.countDown();
        return;
      }
      int upTo = later ? replica.position() + BindingStorage.PIPELINE : end;
      if (!read(upTo)) {
        long epoch = replica.epoch();
        lookFor();
        if (replica.epoch() == epoch && !read(upTo)) {
          throw new StoreException(
              StoreException.Kind.BAD_DATA,
              paths.bindingEntry(epoch, replica.position()) + " is missing");
        }
      }
    }
  }

  /// Sets the watch, finds out how far the log goes, and begins anew at a snapshot if our epoch is gone.
  private void lookFor() throws Exception {
    client
        .watchers()
        .add()
        .withMode(AddWatchMode.PERSISTENT_RECURSIVE)
        .usingWatcher(hint)
        .forPath(paths.bindingLog());
    client.sync().forPath(paths.bindingLog());
    if (!placed || !storage.exists(replica.epoch())) {
      LOG.info("loading the bindings of the farm");
      storage.load(replica);
      placed = true;
      reach.set(0);
    }
    reach.accumulateAndGet(replica.epoch() << 32 | storage.length(replica.epoch()), Math::max);
    listed = replica.epoch();
    if (again.getAndSet(false)) {
      replica.resend();
    }
  }

  /// Reads entries up to `end`, in order, many on the wire at once.
  ///
  /// @return false if one that should be there is not
  private boolean read(int end) throws Exception {
    for (BindingStorage.Entry entry : storage.entries(replica.epoch(), replica.position(), end)) {
      if (!entry.exists()) {
        return false;
      }
      lastSeen = System.nanoTime();
      try {
        if (replica.read(entry.bytes(), entry.created())) {
          onSeal.accept(replica);
          return true;
        }
      } catch (BadEntry e) {
        LOG.error(
            "entry {} of epoch {} of the log of bindings does nothing: {}",
            replica.position() - 1,
            replica.epoch(),
            e.getMessage());
      }
    }
    return true;
  }

  private void append() throws Exception {
    if (replica.inFlight() > 0 && System.nanoTime() - lastSeen > RESEND_NANOS) {
      lastSeen = System.nanoTime();
      replica.resend();
    }
    boolean lingered = System.nanoTime() - openSince >= LINGER_NANOS;
    BindingBatch batch = replica.next(lingered);
    while (batch != null) {
      if (replica.inFlight() == 1) {
        lastSeen = System.nanoTime();
      }
      append(batch);
      batch = replica.next(lingered);
    }
  }

  private void append(BindingBatch batch) throws StoreException {
    String path = paths.bindingEntry(replica.epoch());
    try {
      client
          .getZookeeperClient()
          .getZooKeeper()
          .create(
              path,
              batch.encode(),
              acls.getAclForPath(path),
              CreateMode.PERSISTENT_SEQUENTIAL,
              (code, _, _, name) -> appended(code, name),
              null);
    } catch (Exception e) {
      throw new StoreException(StoreException.Kind.UNREACHABLE, path + ": " + e, e);
    }
  }

  private void appended(int code, String name) {
    if (code == Code.OK.intValue()) {
      reaches(name);
    } else {
      LOG.debug("append: {}", KeeperException.create(Code.get(code)).toString());
      again.set(true);
      look.set(true);
      wake.release();
    }
  }

  /// The log has an entry of that path.
  private void reaches(String path) {
    int dash = path == null ? -1 : path.lastIndexOf("/e-");
    if (dash > 0) {
      long epoch = Long.parseLong(path.substring(path.lastIndexOf('/', dash - 1) + 1, dash));
      long sequence = Long.parseLong(path.substring(dash + 3));
      reach.accumulateAndGet(epoch << 32 | (sequence + 1), Math::max);
      if (wake.availablePermits() == 0) {
        wake.release();
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    client.getConnectionStateListenable().removeListener(onConnection);
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
