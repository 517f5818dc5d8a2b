package io.portcullis.proxy;

import io.portcullis.farm.store.Drains;
import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.snapshot.CurrentSnapshot;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the farm wants drained, done: members take no new sources, or this node no new clients.
///
/// | field | owner |
/// |---|---|
/// | drains, nodeCut | whoever holds `lock`: the drain watch, or a publication |
/// | draining | the same; read by the report (volatile) |
final class Drainage {

  private static final Logger LOG = LoggerFactory.getLogger(Drainage.class);

  /// What runs may take this long: a long poll of Lync is parked for up to 1800 s.
  static final Duration CAP = Duration.ofMinutes(30);

  private final String node;
  private final CurrentSnapshot current;
  private final Doors doors;
  private final Clock clock;
  private final Runnable changed;
  private final ReentrantLock lock = new ReentrantLock();
  private Drains drains = Drains.NONE;
  private boolean nodeCut;
  private volatile boolean draining;

  /// @param node this node's id in the farm
  /// @param changed told when something began or ceased to drain
  Drainage(String node, CurrentSnapshot current, Doors doors, Clock clock, Runnable changed) {
    this.node = node;
    this.current = current;
    this.doors = doors;
    this.clock = clock;
    this.changed = changed;
  }

  /// This node takes no new clients.
  boolean isDraining() {
    return draining;
  }

  /// The farm's word, again and again: time passes too.
  void follow(Drains next) {
    lock.lock();
    try {
      drains = next;
      boolean news = members();
      news |= node(next.nodes().get(node));
      if (news) {
        changed.run();
      }
    } finally {
      lock.unlock();
    }
  }

  /// A revision was published, perhaps with members that are drained.
  void published() {
    lock.lock();
    try {
      boolean _ = members();
    } finally {
      lock.unlock();
    }
  }

  private boolean members() {
    Instant now = clock.instant();
    boolean news = false;
    for (MemberPool pool : current.current().pools()) {
      for (Member member : pool.members()) {
        Drains.Drain drain = drains.members().get(member.toString());
        boolean wanted = drain != null && !drain.isOver(now);
        if (wanted != member.isDraining()) {
          LOG.info("member {} {}", member, wanted ? "takes no new sources" : "is back");
          member.draining(wanted);
          news = true;
        }
        if (drain != null && wanted && isPastCap(drain, now) && !member.isDrained()) {
          member.drained();
        }
      }
    }
    return news;
  }

  private boolean node(Drains.@Nullable Drain drain) {
    Instant now = clock.instant();
    boolean wanted = drain != null && !drain.isOver(now);
    if (drain != null && wanted && draining && isPastCap(drain, now) && !nodeCut) {
      nodeCut = true;
      LOG.info("draining for {} now: what is still open is closed", CAP);
      doors.cut();
    }
    if (wanted == draining) {
      return false;
    }
    draining = wanted;
    nodeCut = false;
    if (wanted) {
      LOG.info("draining: no new clients, what runs may finish within {}", CAP);
      doors.shut();
    } else {
      LOG.info("taking new clients again");
      doors.reopen(current.current());
    }
    return true;
  }

  private static boolean isPastCap(Drains.Drain drain, Instant now) {
    return now.toEpochMilli() - drain.sinceMillis() >= CAP.toMillis();
  }
}
