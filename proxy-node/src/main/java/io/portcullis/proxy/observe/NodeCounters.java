package io.portcullis.proxy.observe;

import io.portcullis.proxy.message.Failure;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/// What a node counts; written by event loops, summed by whoever asks.
public final class NodeCounters {

  private final LongAdder connectionsOpened = new LongAdder();
  private final LongAdder connectionsClosed = new LongAdder();
  private final LongAdder exchanges = new LongAdder();
  private final LongAdder upstreamConnections = new LongAdder();
  private final LongAdder resent = new LongAdder();
  private final LongAdder connectionsRefused = new LongAdder();
  private final LongAdder proxyHeadersRefused = new LongAdder();
  private final Map<Failure, LongAdder> failures = new EnumMap<>(Failure.class);

  public NodeCounters() {
    for (Failure failure : Failure.values()) {
      failures.put(failure, new LongAdder());
    }
  }

  public void connectionOpened() {
    connectionsOpened.increment();
  }

  public void connectionClosed() {
    connectionsClosed.increment();
  }

  public void exchangeBegan() {
    exchanges.increment();
  }

  /// A request met a cached connection that the member had closed, and goes out again on a new one.
  public void resent() {
    resent.increment();
  }

  /// The node was full when a client connected.
  public void connectionRefused() {
    connectionsRefused.increment();
  }

  public long connectionsRefused() {
    return connectionsRefused.sum();
  }

  /// A load balancer did not say for whom it connects.
  public void proxyHeaderRefused() {
    proxyHeadersRefused.increment();
  }

  public long proxyHeadersRefused() {
    return proxyHeadersRefused.sum();
  }

  public long resentTotal() {
    return resent.sum();
  }

  public void upstreamConnected() {
    upstreamConnections.increment();
  }

  public void failed(Failure failure) {
    adder(failure).increment();
  }

  public long connectionsTotal() {
    return connectionsOpened.sum();
  }

  public long connectionsOpen() {
    // Closed first: a connection that opens and closes between the two reads must not make the
    // difference negative.
    long closed = connectionsClosed.sum();
    return connectionsOpened.sum() - closed;
  }

  public long exchanges() {
    return exchanges.sum();
  }

  public long upstreamConnectionsTotal() {
    return upstreamConnections.sum();
  }

  public long failures(Failure failure) {
    return adder(failure).sum();
  }

  public long failures() {
    long sum = 0;
    for (LongAdder adder : failures.values()) {
      sum += adder.sum();
    }
    return sum;
  }

  private LongAdder adder(Failure failure) {
    return Objects.requireNonNull(failures.get(failure));
  }
}
