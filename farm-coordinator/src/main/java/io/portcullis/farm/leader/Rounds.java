package io.portcullis.farm.leader;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does a chore again and again while this coordinator leads, on a thread of its own, until closed. A chore that fails in a way that nobody
/// foresaw is logged and tried again with the next round: a leader that had quietly stopped would look like one that works.
final class Rounds implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);

  /// One round; what it can expect to go wrong it handles itself.
  interface Chore {
    void run() throws InterruptedException;
  }

  private final String name;
  private final Duration pause;
  private final BooleanSupplier leads;
  private final Chore chore;
  private final Thread thread;
  private volatile boolean closed;

  /// Begins with a pause.
  ///
  /// @param leads asked before each round
  Rounds(String name, Duration pause, BooleanSupplier leads, Chore chore) {
    this.name = name;
    this.pause = pause;
    this.leads = leads;
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
      if (leads.getAsBoolean()) {
        chore.run();
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
