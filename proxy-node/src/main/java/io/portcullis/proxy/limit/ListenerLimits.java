package io.portcullis.proxy.limit;

/// What one source may do on a listener, on this node; 0 = no limit. The tables outlive snapshots, the numbers do not.
///
/// @param handshakes per second
/// @param requests per second
public record ListenerLimits(int connections, int handshakes, int requests, Tables tables) {

  /// What has been counted.
  ///
  /// @param open connections of each source
  public record Tables(SourceCounts open, SourceRates handshakes, SourceRates requests) {
    public Tables() {
      this(
          new SourceCounts(), new SourceRates(System::nanoTime), new SourceRates(System::nanoTime));
    }
  }

  public boolean boundsConnections() {
    return connections != 0;
  }

  public boolean allowsHandshake(long source) {
    return handshakes == 0 || tables.handshakes.allows(source, handshakes);
  }

  public boolean allowsRequest(long source) {
    return requests == 0 || tables.requests.allows(source, requests);
  }

  /// @return what to give back when the connection closes, or [SourceCounts#REFUSED]
  public int connect(long source) {
    return connections == 0 ? SourceCounts.UNCOUNTED : tables.open.take(source, connections);
  }

  public void disconnected(int taken) {
    tables.open.release(taken);
  }
}
