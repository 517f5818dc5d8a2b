package io.portcullis.perf.capacity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What `perf compare` and `perf idle` found of a node. NaN where they did not look.
///
/// @param requests small ones on kept TLS connections, for each second of CPU time
/// @param fullHandshakes new connections with a full handshake, each with a request
/// @param resumedHandshakes the same with a session resumed
/// @param megabytes downloaded
/// @param idleBytes of memory for an idle TLS connection
record Measured(
    double requests,
    double fullHandshakes,
    double resumedHandshakes,
    double megabytes,
    double idleBytes) {

  private static final String NODE = "portcullis";

  /// @param compare `compare.json`
  /// @param idle `idle.json`; need not be there
  static Measured read(Path compare, Path idle) throws IOException {
    JsonNode figures = document(compare).path("perCpuSecond");
    return new Measured(
        figure(figures, "small"),
        figure(figures, "handshake-full"),
        figure(figures, "handshake-resumed"),
        figure(figures, "1m"),
        Files.exists(idle)
            ? document(idle).path("bytesEach").path(NODE).asDouble(Double.NaN)
            : Double.NaN);
  }

  private static JsonNode document(Path file) throws IOException {
    try {
      return new JsonMapper().readTree(file.toFile());
    } catch (JsonProcessingException e) {
      throw new IOException(file + " is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static double figure(JsonNode figures, String workload) {
    return figures.path(workload).path(NODE).asDouble(Double.NaN);
  }
}
