package io.portcullis.farm.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// An address and port that accepts clients.
///
/// @param bind host literal and port, `0.0.0.0:443` or `[::]:443`; port 0 asks the system for one
/// @param tls absent on a clear-text listener
/// @param limits what one source may do here
/// @param proxyProtocolFrom networks of load balancers that say by the PROXY protocol for whom they connect, and must
public record Listener(
    String name,
    String bind,
    @Nullable ListenerTls tls,
    Limits limits,
    List<String> proxyProtocolFrom) {

  public Listener {
    proxyProtocolFrom = List.copyOf(proxyProtocolFrom);
  }

  /// Reached by clients themselves.
  public Listener(String name, String bind, @Nullable ListenerTls tls, Limits limits) {
    this(name, bind, tls, limits, List.of());
  }

  /// Without limits.
  public Listener(String name, String bind, @Nullable ListenerTls tls) {
    this(name, bind, tls, Limits.NONE);
  }

  /// What one source (an IPv4 address, an IPv6 /64) may do on each node; 0 = no limit.
  ///
  /// @param connectionsPerSource at the same time
  /// @param handshakesPerSource per second
  /// @param requestsPerSource per second
  public record Limits(int connectionsPerSource, int handshakesPerSource, int requestsPerSource) {
    public static final Limits NONE = new Limits(0, 0, 0);
  }

  /// TLS on a listener: the first certificate answers clients that send no, or an unknown, server name.
  public record ListenerTls(List<String> certificates, TlsVersion minVersion) {
    public ListenerTls {
      certificates = List.copyOf(certificates);
    }
  }

  public boolean isTls() {
    return tls != null;
  }
}
