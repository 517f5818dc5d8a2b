package io.portcullis.perf.bindings;

import io.portcullis.farm.binding.BindingOp;
import io.portcullis.farm.binding.BindingReplica;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.store.BindingLog;
import io.portcullis.farm.store.FarmStore;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;

/// A node's part in the bindings. What it wishes for is numbered; the wishes up to a number are allowed from outside, as requests would
/// come in, and are made by the log's thread.
final class LabNode implements AutoCloseable {
  static final long POOL = 1;

  final FarmStore store;
  final BindingReplica replica = new BindingReplica(new SecureRandom()::nextLong);
  final double catchUpMillis;
  private final BindingLog log;
  private final AtomicLong allowed = new AtomicLong();
  private volatile LongFunction<BindingOp> wishes;
  private volatile long made;

  LabNode(FarmHome home) throws IOException, InterruptedException {
    wishes = number -> BindingOp.touch(POOL, 0, number);
    store = FarmStore.connect(home);
    long began = System.nanoTime();
    log = store.bindings(replica, this::drain);
    if (!log.awaitCaughtUp(Duration.ofMinutes(2))) {
      throw new IOException("the bindings did not come within two minutes");
    }
    catchUpMillis = (System.nanoTime() - began) / 1e6;
  }

  private int drain(BindingReplica into) {
    int count = 0;
    long end = allowed.get();
    long next = made;
    while (next < end && !into.isFull()) {
      boolean _ = into.propose(wishes.apply(next));
      next++;
      count++;
    }
    made = next;
    return count;
  }

  /// Begins to count anew.
  void wishesAre(LongFunction<BindingOp> numbered) {
    wishes = numbered;
    allowed.set(0);
    made = 0;
  }

  /// The wishes below that number may be made.
  void allow(long number) {
    allowed.set(number);
    log.wake();
  }

  boolean isQuiet() {
    return made == allowed.get() && replica.waiting() == 0;
  }

  /// How far it is behind what it should have wished for.
  long behind() {
    return allowed.get() - made + replica.waiting();
  }

  long member(long source) {
    return replica.table().member(POOL, 0, source);
  }

  @Override
  public void close() {
    log.close();
    store.close();
  }
}
