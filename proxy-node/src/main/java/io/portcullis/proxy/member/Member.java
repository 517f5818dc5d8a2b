package io.portcullis.proxy.member;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A pool member as the data plane sees it. It outlives snapshots: a revision that keeps the member keeps this object,
/// with its state, so that publishing forgets nothing.
///
/// | field | owner | others |
/// |---|---|---|
/// | health, address | the health checker of this member, one thread at a time | read by any event loop (volatile) |
/// | suspectUntil | any event loop after a failed connect | read by any event loop (volatile) |
/// | openExchanges | event loops, atomically | status |
public final class Member {

  private final String pool;
  private final String host;
  private final int weight;
  private final int httpsPort;
  private final int httpPort;
  private final long hashSeed;

  private volatile Health health = Health.UP;
  private volatile String reason = "";
  private volatile boolean draining;
  private volatile @Nullable InetAddress address;
  private volatile long suspectUntilNanos;
  private volatile boolean suspect;
  private final AtomicInteger openExchanges;

  public Member(String pool, String host, int weight, int httpsPort, int httpPort) {
    this(pool, host, weight, httpsPort, httpPort, new AtomicInteger());
  }

  private Member(
      String pool, String host, int weight, int httpsPort, int httpPort, AtomicInteger open) {
    this.openExchanges = open;
    this.pool = pool;
    this.host = host;
    this.weight = weight;
    this.httpsPort = httpsPort;
    this.httpPort = httpPort;
    // The name alone, not the address or the order: every node must come to the same choice.
    this.hashSeed = seed(host + ":" + httpsPort + ":" + httpPort);
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
    Member next = new Member(pool, host, newWeight, httpsPort, httpPort, openExchanges);
    next.health = health;
    next.reason = reason;
    next.draining = draining;
    next.address = address;
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

  public int port(boolean tls) {
    return tls ? httpsPort : httpPort;
  }

  /// What identifies the member in rendezvous hashing; the same on every node and in every version.
  public long hashSeed() {
    return hashSeed;
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
    return suspect && nowNanos - suspectUntilNanos < 0;
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

  public boolean isDraining() {
    return draining;
  }

  public void draining(boolean on) {
    draining = on;
  }

  public AtomicInteger openExchanges() {
    return openExchanges;
  }

  @Override
  public String toString() {
    return pool + "/" + host;
  }
}
