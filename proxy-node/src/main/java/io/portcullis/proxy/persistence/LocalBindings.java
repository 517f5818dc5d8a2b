package io.portcullis.proxy.persistence;

import io.portcullis.farm.binding.BadEntry;
import io.portcullis.farm.binding.BindingBatch;
import io.portcullis.farm.binding.BindingExpiry;
import io.portcullis.farm.binding.BindingReplica;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;

/// The bindings of a node that is alone: the same table and the same operations, without a log between them.
public final class LocalBindings implements AutoCloseable {

  /// How often the clock moves and idle bindings are looked for when nothing else happens.
  private static final long TICK_MILLIS = 200;

  /// The origin of the ticks: any number that no process draws twice.
  private static final long TICKS = 1;

  private final Bindings bindings;
  private final BindingReplica replica;
  private final BindingExpiry expiry;
  private final LongSupplier clock;
  private final Semaphore wake = new Semaphore(0);
  private final Thread thread;
  private volatile boolean closed;
  private long ticks;

  /// @param clock milliseconds
  /// @param idleMillis idle time of a group
  public LocalBindings(Bindings bindings, LongUnaryOperator idleMillis, LongSupplier clock) {
    this.bindings = bindings;
    this.replica = bindings.replica();
    this.expiry = new BindingExpiry(idleMillis);
    this.clock = clock;
    bindings.wakes(this::wake);
    thread = Thread.ofPlatform().name("bindings").daemon().start(this::run);
  }

  private void wake() {
    if (wake.availablePermits() == 0) {
      wake.release();
    }
  }

  private void run() {
    try {
      while (!closed) {
        boolean _ = wake.tryAcquire(TICK_MILLIS, TimeUnit.MILLISECONDS);
        wake.drainPermits();
        turn();
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private void turn() {
    read(new BindingBatch(BindingBatch.Type.OPS, TICKS, ++ticks, List.of()));
    bindings.drain(replica);
    expiry.step(
        replica,
        op -> {
          boolean _ = replica.propose(op);
        });
    BindingBatch batch = replica.next(true);
    while (batch != null) {
      read(batch);
      batch = replica.next(true);
    }
  }

  private void read(BindingBatch batch) {
    try {
      boolean _ = replica.read(batch.encode(), clock.getAsLong());
    } catch (BadEntry e) {
      throw new IllegalStateException("what was just written cannot be read", e);
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
