package io.portcullis.farm.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// An address and port that accepts clients.
///
/// @param bind host literal and port, `0.0.0.0:443` or `[::]:443`; port 0 asks the system for one
/// @param tls absent on a clear-text listener
public record Listener(String name, String bind, @Nullable ListenerTls tls) {

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
