package io.portcullis.perf.compare;

import io.portcullis.perf.load.Shape;
import java.util.List;

/// A kind of work that all contenders are given.
///
/// @param rate arrivals a second; 0 keeps every connection busy
record Workload(String name, Shape shape, boolean tls, int connections, long bytes, double rate) {

  static final List<Workload> ALL =
      List.of(
          new Workload("small", Shape.SMALL, true, 64, 64, 0),
          new Workload("small-c512", Shape.SMALL, true, 512, 64, 0),
          new Workload("10k", Shape.SMALL, true, 64, 10_240, 0),
          new Workload("1m", Shape.BULK, true, 16, 1 << 20, 0),
          new Workload("upload-1m", Shape.UPLOAD, true, 16, 1 << 20, 0),
          new Workload("clear-small", Shape.SMALL, false, 64, 64, 0),
          new Workload("handshake-full", Shape.TLS_FULL, true, 32, 64, 0),
          new Workload("handshake-resumed", Shape.TLS_RESUMED, true, 32, 64, 0),
          new Workload("latency", Shape.SMALL, true, 64, 64, 2000));

  static Workload of(String name) {
    return ALL.stream()
        .filter(one -> one.name.equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "--only is one of %s, not \"%s\""
                    .formatted(
                        String.join(", ", ALL.stream().map(Workload::name).toList()), name)));
  }

  boolean isLatency() {
    return rate > 0;
  }
}
