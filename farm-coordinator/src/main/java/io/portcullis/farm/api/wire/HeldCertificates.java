package io.portcullis.farm.api.wire;

import java.time.Instant;
import java.util.List;

/// What the farm holds, waits for, and orders by itself.
public record HeldCertificates(
    List<Held> held, List<Waiting> waiting, List<CertificateOrder> orders) {
  /// A coordinator of an older release orders nothing.
  public HeldCertificates {
    held = List.copyOf(held);
    waiting = List.copyOf(waiting);
    orders = orders == null ? List.of() : List.copyOf(orders);
  }

  /// The newest version of a certificate.
  public record Held(String name, int version, List<String> names, Instant notAfter) {}

  /// A request whose answer has not come.
  public record Waiting(String name, List<String> names, String by, Instant since) {}
}
