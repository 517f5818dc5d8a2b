package io.portcullis.proxy.member;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.portcullis.farm.binding.Identity;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A pool member as the data plane sees it. It outlives snapshots: a revision that keeps the member keeps this object,
/// with its state, so that publishing forgets nothing.
///
/// | field | owner | others |
/// |---|---|---|
/// | health, address | the health checker of this member, one thread at a time | read by any event loop (volatile) |
/// | ramp | the health checker, when the member comes back | read by any event loop (volatile) |
/// | suspectUntil | any event loop after a failed connect | read by any event loop (volatile) |
/// | brokenUntil, broken | any event loop after a connection broke off | read by any event loop |
/// | openExchanges, openConnections | event loops, atomically | status |
public final class Member {

  /// One closed connection is a server's idle time or a recycled worker process; three answers in a row that break off, with none
  /// between that came whole, are a server that should be left alone.
  static final int BREAKS = 3;

  /// Longer than a check's interval, which cannot clear it: a check that passes while answers break off proves little.
  static final long BROKEN_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final String pool;
  private final String host;
  private final int weight;
  private final int httpsPort;
  private final int httpPort;
  private final long hashSeed;
  private final long identity;

  private volatile Health health = Health.UP;
  private volatile String reason = "";
  private volatile boolean draining;
  private volatile boolean drained;
  private volatile @Nullable InetAddress address;
  private volatile long suspectUntilNanos;
  private volatile boolean suspect;
  private volatile @Nullable Ramp ramp;
  private final Tally tally;

  /// Counters that outlive a change of weight.
  private record Tally(
      AtomicInteger openExchanges,
      AtomicInteger openConnections,
      AtomicInteger broken,
      AtomicLong brokenUntilNanos) {
    Tally() {
      this(new AtomicInteger(), new AtomicInteger(), new AtomicInteger(), new AtomicLong());
    }
  }

  public Member(String pool, String host, int weight, int httpsPort, int httpPort) {
    this(pool, host, weight, httpsPort, httpPort, new Tally());
  }

  private Member(String pool, String host, int weight, int httpsPort, int httpPort, Tally tally) {
    this.tally = tally;
    this.pool = pool;
    this.host = host;
    this.weight = weight;
    this.httpsPort = httpsPort;
    this.httpPort = httpPort;
    // The name alone, not the address or the order: every node must come to the same choice.
    this.hashSeed = seed(host + ":" + httpsPort + ":" + httpPort);
    this.identity = Identity.of(host);
  }

  /// FNV-1a, 64 bits.
  private static long seed(String identity) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : identity.getBytes(UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    return hash;
  }

  /// The same server with another share: it starts with what is known of it, and counts on the same counter.
  public Member withWeight(int newWeight) {
    Member next = new Member(pool, host, newWeight, httpsPort, httpPort, tally);
    next.health = health;
    next.reason = reason;
    next.draining = draining;
    next.drained = drained;
    next.address = address;
    next.ramp = ramp;
    return next;
  }

  public enum Health {
    UP,
    DOWN
  }

  public String pool() {
    return pool;
  }

  /// The name the operator gave: identity in logs, metrics and hashing.
  public String host() {
    return host;
  }

  public int weight() {
    return weight;
  }

  /// The weight as it counts at the moment: a member that came back grows to it, see [#cameBack].
  public double weightAt(long nowNanos) {
    return weight * tenthsAt(nowNanos) / (double) Ramp.STEPS;
  }

  /// The same in whole numbers: ten times the weight when nothing grows.
  public int tenthsOfWeightAt(long nowNanos) {
    return weight * tenthsAt(nowNanos);
  }

  private int tenthsAt(long nowNanos) {
    Ramp now = ramp;
    if (now == null) {
      return Ramp.STEPS;
    }
    int tenths = now.tenths(nowNanos);
    if (tenths == Ramp.STEPS) {
      ramp = null;
    }
    return tenths;
  }

  /// The member was down and is up: its share grows from a tenth to all of it over `slowStartMillis`.
  ///
  /// @param nowNanos and `wallMillis` are this moment on two clocks
  public void cameBack(long slowStartMillis, long nowNanos, long wallMillis) {
    ramp = slowStartMillis == 0 ? null : Ramp.from(nowNanos, wallMillis, slowStartMillis);
  }

  public int port(boolean tls) {
    return tls ? httpsPort : httpPort;
  }

  /// What identifies the member in rendezvous hashing; the same on every node and in every version.
  public long hashSeed() {
    return hashSeed;
  }

  /// What bindings call the member: by its host alone, so that it keeps its sources when its ports change.
  public long identity() {
    return identity;
  }

  /// Whether its own sources still go to it: what is down, not resolved, or past its drain has lost them. One failed connection sends a
  /// request elsewhere and moves nobody.
  public boolean keepsItsSources() {
    return health == Health.UP && address != null && !drained;
  }

  /// Where to connect, or null while the name has not been resolved.
  public @Nullable InetSocketAddress socketAddress(boolean tls) {
    InetAddress now = address;
    return now == null ? null : new InetSocketAddress(now, port(tls));
  }

  public void resolvedTo(InetAddress resolved) {
    address = resolved;
  }

  /// Usable for a source that has no other choice of its own: checked up, resolved, not draining, not suspect.
  public boolean isUsable(long nowNanos) {
    return health == Health.UP && !draining && address != null && !isSuspect(nowNanos);
  }

  /// Better than no answer when no member is usable: checked up and resolved, only a recent connect failed.
  public boolean isLastResort() {
    return health == Health.UP && !draining && address != null;
  }

  public boolean isSuspect(long nowNanos) {
    return suspect && nowNanos - suspectUntilNanos < 0 || isBroken(nowNanos);
  }

  private boolean isBroken(long nowNanos) {
    return tally.broken.get() >= BREAKS && nowNanos - tally.brokenUntilNanos.get() < 0;
  }

  /// A connection closed before the answer on it was whole. Never called for an answer that came, whatever its status: 401, 403,
  /// 404, 409, 429 and 503 are the application's own words.
  public void brokeOff(long nowNanos) {
    tally.brokenUntilNanos.set(nowNanos + BROKEN_NANOS);
    tally.broken.incrementAndGet();
  }

  /// An answer came whole.
  public void answered() {
    if (tally.broken.get() != 0) {
      tally.broken.set(0);
    }
  }

  /// Room for one more connection; [#connectionClosed] gives it back.
  ///
  /// @param most 0 = no maximum
  public boolean openConnection(int most) {
    int open = tally.openConnections.incrementAndGet();
    if (most != 0 && open > most) {
      tally.openConnections.decrementAndGet();
      return false;
    }
    return true;
  }

  public void connectionClosed() {
    tally.openConnections.decrementAndGet();
  }

  /// Connections of this node, idle ones included.
  public int openConnections() {
    return tally.openConnections.get();
  }

  /// A connection could not be made: leave the member alone for a while, without waiting for the health check.
  public void suspectFor(long nanos, long nowNanos) {
    suspectUntilNanos = nowNanos + nanos;
    suspect = true;
  }

  public void trusted() {
    suspect = false;
  }

  public Health health() {
    return health;
  }

  public String reason() {
    return reason;
  }

  public void checked(Health verdict, String why) {
    reason = why;
    health = verdict;
  }

  /// Takes no new source; connections that are private to a client go on.
  public boolean isDraining() {
    return draining;
  }

  /// Has been draining for as long as what runs may take: the next exchange on a private connection is its last.
  public boolean isDrained() {
    return drained;
  }

  public void draining(boolean on) {
    draining = on;
    drained = false;
  }

  public void drained() {
    draining = true;
    drained = true;
  }

  public AtomicInteger openExchanges() {
    return tally.openExchanges;
  }

  @Override
  public String toString() {
    return pool + "/" + host;
  }
}
