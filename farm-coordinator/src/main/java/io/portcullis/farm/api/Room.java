package io.portcullis.farm.api;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// What all clients of the admin API together may occupy. Taken and given back on the event loop.
final class Room {
  /// Operators and joiners are few; more than this at once is a mistake or an attack, and is refused.
  static final int MAX_REQUESTS = 64;

  /// Large documents on their way: each is [AdminRequest#MAX_BODY_BYTES] of memory at most.
  static final int MAX_LARGE = 8;

  private final Semaphore requests = new Semaphore(MAX_REQUESTS);
  private final Set<String> large = new HashSet<>();

  /// For a request that is whole.
  boolean take() {
    return requests.tryAcquire();
  }

  void give() {
    requests.release();
  }

  /// For one large request of each who may send any, so that an identity that was revoked cannot keep all others from sending theirs.
  boolean takeLarge(String identity) {
    return large.size() < MAX_LARGE && large.add(identity);
  }

  void giveLarge(String identity) {
    large.remove(identity);
  }

  /// Waits until nobody is answered any more; for anybody.
  void awaitEmpty(Duration most) throws InterruptedException {
    if (requests.tryAcquire(MAX_REQUESTS, most.toMillis(), TimeUnit.MILLISECONDS)) {
      requests.release(MAX_REQUESTS);
    }
  }
}
