package io.portcullis.proxy.persistence;

import io.portcullis.farm.binding.BindingOp;
import io.portcullis.farm.binding.BindingReplica;
import io.portcullis.farm.binding.BindingTable;
import io.portcullis.farm.binding.GroupTable;
import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import java.util.concurrent.atomic.LongAdder;
import org.jctools.queues.MpscArrayQueue;
import org.jspecify.annotations.Nullable;

/// Who owns a source, for the request path: look-ups read the local table, wishes leave through a bounded queue. Nothing here locks,
/// waits, or knows that there is a farm.
///
/// | what | owner | others |
/// |---|---|---|
/// | the replica | the follower's thread, which is also the queue's consumer | look-ups from event loops |
/// | `queue` | event loops offer | the follower drains |
///
/// A wish that finds the queue full is dropped and counted: rendezvous hashing gives the source the same member on every node anyway,
/// and its next request wishes again.
public final class Bindings {

  /// A second's worth of new sources at the farm's full rate.
  static final int QUEUE = 1 << 16;

  private static final int SMALLEST_QUEUE = 2;

  /// A use is told when a third of the idle time has passed since the last one that was.
  private static final int TOUCHES_IN_IDLE = 3;

  private final BindingReplica replica;
  private final MpscArrayQueue<BindingOp> queue;
  private final LongAdder overflowed = new LongAdder();
  private volatile Runnable wake = () -> {};

  public Bindings(BindingReplica replica) {
    this(replica, QUEUE);
  }

  Bindings(BindingReplica replica, int capacity) {
    this.replica = replica;
    this.queue = new MpscArrayQueue<>(capacity);
  }

  /// A table that stays empty.
  public static Bindings none() {
    return new Bindings(new BindingReplica(() -> 1), SMALLEST_QUEUE);
  }

  /// @param follower told after each wish; must be quick
  public void wakes(Runnable follower) {
    wake = follower;
  }

  /// The member that owns the source and may still serve it; null leaves the choice to the balancer.
  public @Nullable Member owner(MemberPool pool, ClientSource source) {
    if (!pool.selection().isBySource()) {
      return null;
    }
    long owner = replica.owner(pool.persistence().group(), source.high(), source.low());
    return owner == 0 ? null : pool.member(owner);
  }

  /// A member has taken a connection of the source: binds it, moves it if its own member cannot serve it any more, or notes the use.
  public void used(MemberPool pool, ClientSource source, Member member) {
    if (!pool.selection().isBySource()) {
      return;
    }
    long group = pool.persistence().group();
    long high = source.high();
    long low = source.low();
    BindingTable table = replica.table();
    long owner = table.member(group, high, low);
    if (owner == 0) {
      wish(BindingOp.bind(group, high, low, member.identity()));
    } else if (owner == member.identity()) {
      if (isUseDue(table, pool, source)) {
        wish(BindingOp.touch(group, high, low));
      }
    } else if (!keeps(pool, owner)) {
      wish(BindingOp.move(group, high, low, owner, member.identity()));
    }
  }

  private static boolean keeps(MemberPool pool, long owner) {
    Member old = pool.member(owner);
    int most = pool.selection().maxConnections();
    return old != null && old.keepsItsSources() && (most == 0 || old.openConnections() < most);
  }

  private static boolean isUseDue(BindingTable table, MemberPool pool, ClientSource source) {
    GroupTable group = table.group(pool.persistence().group());
    long used = group == null ? -1 : group.used(source.high(), source.low());
    long third = pool.persistence().idle().toMillis() / TOUCHES_IN_IDLE;
    return used >= 0 && table.time() - used >= third;
  }

  private void wish(BindingOp op) {
    if (replica.proposed(op.group(), op.high(), op.low()) != 0) {
      return;
    }
    if (queue.relaxedOffer(op)) {
      wake.run();
    } else {
      overflowed.increment();
    }
  }

  /// Hands what is wished for to the replica. For the follower's thread.
  ///
  /// @return how many
  public int drain(BindingReplica into) {
    return queue.drain(op -> {
      if (!into.propose(op) && into.isFull()) {
        overflowed.increment();
      }
    });
  }

  public boolean isIdle() {
    return queue.isEmpty();
  }

  /// What the log says so far.
  public BindingTable table() {
    return replica.table();
  }

  public BindingReplica replica() {
    return replica;
  }

  /// Wishes that were dropped, since the start.
  public long overflowed() {
    return overflowed.sum();
  }
}
