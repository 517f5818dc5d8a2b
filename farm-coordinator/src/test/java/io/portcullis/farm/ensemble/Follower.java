package io.portcullis.farm.ensemble;

import io.portcullis.farm.binding.BindingOp;
import io.portcullis.farm.binding.BindingReplica;
import io.portcullis.farm.binding.Identity;
import io.portcullis.farm.simulation.History;
import io.portcullis.farm.store.BindingLog;
import io.portcullis.farm.store.FarmStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/// What a node does about bindings, without its request path; it writes down what it asked for and what it was told.
final class Follower implements AutoCloseable {
  static final long POOL = Identity.of("pool01");

  final FarmStore store;
  final BindingReplica replica = new BindingReplica(new SecureRandom()::nextLong);
  private final BindingLog log;
  private final AtomicInteger clock;
  private final ConcurrentLinkedQueue<BindingOp> wishes = new ConcurrentLinkedQueue<>();
  private final Map<Long, Told> waiting = new HashMap<>();
  private final ConcurrentLinkedQueue<Told> told = new ConcurrentLinkedQueue<>();

  /// One wish: when it was asked, when its answer came, and who owned the source then.
  private static final class Told {
    final BindingOp op;
    final int asked;
    volatile int answered;
    volatile long owner;

    Told(BindingOp op, int asked) {
      this.op = op;
      this.asked = asked;
    }
  }

  /// @param clock orders what all followers ask and hear
  Follower(FarmStore store, AtomicInteger clock) throws InterruptedException {
    this.store = store;
    this.clock = clock;
    log = store.bindings(replica, this::drain);
    if (!log.awaitCaughtUp(Duration.ofSeconds(60))) {
      throw new AssertionError("the bindings did not come");
    }
  }

  /// On the log's thread, after every few entries.
  private int drain(BindingReplica into) {
    waiting.entrySet().removeIf(one -> answered(into, one.getValue()));
    int count = 0;
    for (BindingOp op = wishes.poll(); op != null; op = wishes.poll()) {
      Told wish = new Told(op, clock.incrementAndGet());
      if (into.propose(op)) {
        waiting.put(op.low(), wish);
        told.add(wish);
      }
      count++;
    }
    return count;
  }

  /// The table is at or behind the place where the wish was decided, so it shows what was true between question and answer.
  private boolean answered(BindingReplica mine, Told wish) {
    if (mine.proposed(POOL, 0, wish.op.low()) != 0) {
      return false;
    }
    wish.owner = mine.table().member(POOL, 0, wish.op.low());
    wish.answered = clock.incrementAndGet();
    return true;
  }

  void addTo(History history) {
    for (Told wish : told) {
      History.Pending pending = history.asked(wish.op, wish.asked);
      if (wish.answered != 0) {
        pending.happened(wish.answered);
        history
            .asked(BindingOp.touch(POOL, 0, wish.op.low()), wish.asked)
            .answered(wish.answered, wish.owner);
      }
    }
  }

  int waitingForAnswers() {
    return (int) told.stream().filter(wish -> wish.answered == 0).count();
  }

  void wish(BindingOp op) {
    wishes.add(op);
    log.wake();
  }

  static BindingOp bind(int source, long member) {
    return BindingOp.bind(POOL, 0, key(source), member);
  }

  static BindingOp move(int source, long from, long to) {
    return BindingOp.move(POOL, 0, key(source), from, to);
  }

  static BindingOp release(int source, long member) {
    return BindingOp.release(POOL, 0, key(source), member);
  }

  private static long key(int source) {
    return 0xffff_0000_0000L + source;
  }

  long owner(int source) {
    return replica.table().member(POOL, 0, key(source));
  }

  int bound() {
    return replica.table().size();
  }

  record State(long epoch, int position, long digest, int waiting) {}

  State state() throws ExecutionException, InterruptedException {
    return log.ask(
            mine -> new State(mine.epoch(), mine.position(), mine.table().digest(), mine.waiting()))
        .get();
  }

  boolean isQuiet() throws ExecutionException, InterruptedException {
    return wishes.isEmpty() && state().waiting() == 0;
  }

  @Override
  public void close() {
    log.close();
    store.close();
  }
}
