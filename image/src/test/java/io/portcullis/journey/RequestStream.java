package io.portcullis.journey;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;

/// Requests without a pause, each on a connection of its own, recorded with the moment each began.
///
/// A connection a request: what a client does with a kept connection that was closed under it is its own business
/// (RFC 9112 §9.3.1); a new connection has no excuse.
final class RequestStream implements AutoCloseable {

  record Outcome(long beganNanos, boolean ok, String what) {}

  private final AtomicBoolean running = new AtomicBoolean(true);
  private final ConcurrentLinkedQueue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
  private final List<Thread> clients;

  RequestStream(SSLContext trust, String name, int port, int concurrency) {
    clients =
        IntStream.range(0, concurrency)
            .mapToObj(_ -> Thread.ofVirtual().start(() -> repeat(trust, name, port)))
            .toList();
  }

  private void repeat(SSLContext trust, String name, int port) {
    while (running.get()) {
      long began = System.nanoTime();
      try (WireClient client = WireClient.tls(trust, name, port)) {
        WireClient.Response response = client.request(name, "/stream", "Connection: close");
        outcomes.add(
            new Outcome(
                began, response.status() == 200, response.status() + " " + response.text()));
      } catch (IOException e) {
        outcomes.add(new Outcome(began, false, e.toString()));
      }
    }
  }

  /// Waits until that many more requests have been answered well than now.
  void awaitMore(int count) {
    long goal = good() + count;
    Eventually.until("more requests answered; failures: " + failures(), () -> good() >= goal);
  }

  private long good() {
    return outcomes.stream().filter(Outcome::ok).count();
  }

  List<Outcome> failures() {
    return outcomes.stream().filter(outcome -> !outcome.ok()).toList();
  }

  List<Outcome> failuresBegunAfter(long nanos) {
    return failures().stream().filter(outcome -> outcome.beganNanos() - nanos > 0).toList();
  }

  @Override
  public void close() {
    running.set(false);
    for (Thread client : clients) {
      try {
        client.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while a request stream ended", e);
      }
    }
  }
}
