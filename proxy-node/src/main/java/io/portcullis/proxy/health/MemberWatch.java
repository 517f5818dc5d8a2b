package io.portcullis.proxy.health;

import io.portcullis.farm.model.Pool;
import io.portcullis.proxy.member.Bind;
import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.member.OwnAddresses;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks after one member on a virtual thread of its own: where it is, and whether it serves.
///
/// | field | owner | others |
/// |---|---|---|
/// | plan, replanned, stopped | whoever publishes | read by the watch at each round (volatile) |
/// | verdict, address, resolvedAt | the watch | — |
/// | the member's health and address | the watch | event loops read |
final class MemberWatch {

  private static final Logger LOG = LoggerFactory.getLogger(MemberWatch.class);

  /// Names move seldom; asking twice a minute finds a moved server within a coffee's time at no cost.
  private static final long RESOLVE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(5);

  /// What a watch works by; replaced whole at each publish.
  record Plan(
      MemberPool pool,
      Pool said,
      Pool.Member as,
      Resolver resolver,
      OwnAddresses own,
      List<Bind> binds) {
    Plan {
      binds = List.copyOf(binds);
    }

    Pool.Judgement judgement() {
      Pool.HealthCheck wanted = said.health();
      return wanted == null ? Pool.Judgement.DEFAULT : wanted.judgement();
    }

    Duration interval() {
      Pool.HealthCheck wanted = said.health();
      return wanted == null ? DEFAULT_INTERVAL : wanted.interval();
    }

    /// Whether a check by the other one would be the same check.
    @SuppressWarnings(
        "ReferenceEquality") // a context is taken over when what it was made from is the same
    boolean asks(Plan other) {
      return said.equals(other.said)
          && as.equals(other.as)
          && pool.upstreamTls() == other.pool.upstreamTls()
          && resolver.knowsTheSame(other.resolver)
          && binds.equals(other.binds);
    }
  }

  private final Member member;
  private final Runnable changed;
  private final Pace pace;
  private final Semaphore wake = new Semaphore(0);
  private final Verdict verdict = new Verdict();
  private volatile Plan plan;
  private volatile boolean replanned;
  private volatile boolean stopped;
  private @Nullable InetAddress address;
  private long resolvedAtNanos;

  MemberWatch(Member member, Plan plan, Runnable changed, Pace pace) {
    this.member = member;
    this.changed = changed;
    this.pace = pace;
    this.plan = plan;
  }

  void start() {
    Thread.ofVirtual().name("health-" + member).start(this::run);
  }

  /// A publish that asks for the same check waits for its turn: else each one would make the checks of all members, on all nodes, meet,
  /// and three in a row would count as three failures of a member that was away for a moment.
  void follow(Plan next) {
    boolean same = plan.asks(next);
    plan = next;
    if (!same) {
      replanned = true;
      wake.release();
    }
  }

  void stop() {
    stopped = true;
    wake.release();
  }

  private void run() {
    try {
      while (!stopped) {
        round(plan);
        boolean _ = wake.tryAcquire(pace.pauseNanos(plan.interval()), TimeUnit.NANOSECONDS);
        wake.drainPermits();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void round(Plan now) {
    String failure;
    try {
      failure = look(now);
    } catch (RuntimeException e) {
      LOG.warn("checking member {} failed unexpectedly", member, e);
      failure = "the check itself failed: " + e;
    }
    if (stopped) {
      return;
    }
    boolean up = verdict.note(failure == null, now.judgement());
    Member.Health was = member.health();
    if (failure == null) {
      member.trusted();
    }
    if (up && was == Member.Health.DOWN) {
      member.cameBack(
          now.judgement().slowStart().toMillis(), System.nanoTime(), System.currentTimeMillis());
    }
    if (up) {
      member.checked(Member.Health.UP, "");
    } else {
      member.checked(Member.Health.DOWN, failure == null ? "recovering" : failure);
    }
    if (was != member.health()) {
      LOG.info("member {} is {} {}", member, up ? "up" : "down:", up ? "" : member.reason());
      changed.run();
    }
  }

  /// @return null if all is well, else why not
  private @Nullable String look(Plan now) {
    InetAddress at = locate(now);
    if (at == null) {
      return "the name does not resolve; add it under hosts or to DNS";
    }
    for (boolean tls : new boolean[] {true, false}) {
      if (now.own().isListener(at, member.port(tls), now.binds())) {
        return "resolves to %s port %d, a listener of this node: requests would go in circles"
            .formatted(at.getHostAddress(), member.port(tls));
      }
    }
    try {
      Check.run(now.pool(), member, at, now.said());
      return null;
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /// An address once known is kept when its name stops resolving: stale is better than none.
  private @Nullable InetAddress locate(Plan now) {
    long time = System.nanoTime();
    boolean due = address == null || replanned || time - resolvedAtNanos >= RESOLVE_NANOS;
    if (due) {
      replanned = false;
      InetAddress found = now.resolver().resolve(now.as(), address);
      if (found != null && !stopped) {
        address = found;
        member.resolvedTo(found);
      }
      resolvedAtNanos = time;
    }
    return address;
  }
}
