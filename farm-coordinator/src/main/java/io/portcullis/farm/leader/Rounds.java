package io.portcullis.farm.leader;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does a chore again and again while this coordinator leads, with the leadership it had when the round began, on a thread of its own,
/// until closed. A chore that fails in a way that nobody foresaw is logged and tried again with the next round: a leader that had quietly
/// stopped would look like one that works.
///
/// @param <L> what a leader may do
final class Rounds<L> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);

  /// One round; what it can expect to go wrong it handles itself.
  interface Chore<L> {
    void run(L leadership) throws InterruptedException;
  }

  private final String name;
  private final Duration pause;
  private final Supplier<Optional<L>> seat;
  private final Chore<L> chore;
  private final Thread thread;
  private volatile boolean closed;

  /// Begins with a pause.
  ///
  /// @param seat asked before each round; empty while another leads
  Rounds(String name, Duration pause, Supplier<Optional<L>> seat, Chore<L> chore) {
    this.name = name;
    this.pause = pause;
    this.seat = seat;
    this.chore = chore;
    thread = Thread.ofVirtual().name(name).start(this::run);
  }

  private void run() {
    try {
      while (!closed) {
        Thread.sleep(pause);
        round();
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private void round() throws InterruptedException {
    try {
      Optional<L> leadership = seat.get();
      if (leadership.isPresent()) {
        chore.run(leadership.get());
      }
    } catch (RuntimeException e) {
      LOG.error("the {} failed and are tried again", name, e);
    }
  }

  /// Returns when the round that runs has ended.
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
