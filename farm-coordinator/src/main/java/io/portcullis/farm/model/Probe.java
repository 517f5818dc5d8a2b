package io.portcullis.farm.model;

/// One further look at a member, at a port of its own.
public sealed interface Probe {

  int port();

  /// The port accepts connections.
  record Tcp(int port) implements Probe {}

  /// A handshake succeeds, by the trust and the name of the pool's TLS.
  record Tls(int port) implements Probe {}

  /// An HTTP GET answers the expected status.
  ///
  /// @param target request path
  /// @param tls whether to ask over TLS, by the trust and the name of the pool
  record Get(String target, int port, boolean tls, int expect) implements Probe {}
}
