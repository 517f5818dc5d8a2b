package io.portcullis.farm.call;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/// The end of a conversation over a blocking socket, whatever its peer does. A socket's own time limit is for each read, and a peer that
/// says a byte now and then never reaches it.
///
/// On a thread of its own, which closes the socket in its time; whoever reads or writes it then gets an exception, and asks [#fell] what
/// it means. [#close] before that leaves the socket open.
public final class Cutoff implements AutoCloseable {

  private enum State {
    RUNNING,
    OVER,
    FELL
  }

  private final AtomicReference<State> state = new AtomicReference<>(State.RUNNING);
  private final Thread watch;

  private Cutoff(Duration patience, Socket socket) {
    watch = Thread.ofVirtual().name("cutoff").unstarted(() -> wait(patience, socket));
  }

  /// @param socket the plain one, also of a conversation over TLS: a TLS socket's close waits for who writes
  public static Cutoff after(Duration patience, Socket socket) {
    Cutoff cutoff = new Cutoff(patience, socket);
    cutoff.watch.start();
    return cutoff;
  }

  /// Whether it was this that closed the socket.
  public boolean fell() {
    return state.get() == State.FELL;
  }

  private void wait(Duration patience, Socket socket) {
    try {
      Thread.sleep(patience);
    } catch (InterruptedException e) {
      return;
    }
    if (state.compareAndSet(State.RUNNING, State.FELL)) {
      try {
        socket.close();
      } catch (IOException e) {
        // It is over either way.
      }
    }
  }

  @Override
  public void close() {
    state.compareAndSet(State.RUNNING, State.OVER);
    watch.interrupt();
  }
}
