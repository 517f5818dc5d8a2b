package io.portcullis.perf.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// What the nodes themselves say of the requests of a tour: the lines of their access logs, found by the client's address and port,
/// because a forwarded answer carries nothing of the node's.
final class NodeLogs {

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final long POLL_NANOS = 20_000_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  /// One line.
  ///
  /// @param member empty if the node answered by itself
  /// @param tls protocol version, empty in clear
  record Served(String rule, String member, int status, String tls, double millis) {

    /// What the client saw and what the log says must be the same.
    String complaint(Tour.Stop stop) {
      PublicClient.Reply reply = stop.reply();
      if (reply != null && reply.status() != status) {
        return "the node's log says status " + status;
      }
      if (!stop.member().equals(member)) {
        return "the node's log says member \"" + member + "\"";
      }
      return reply == null || reply.tls().equals(tls) ? "" : "the node's log says " + tls;
    }
  }

  private final Map<String, Path> files;
  private final Duration patience;

  /// @param files by node name
  NodeLogs(Map<String, Path> files, Duration patience) {
    this.files = Map.copyOf(files);
    this.patience = patience;
  }

  static NodeLogs of(Topology topology, DemoDirectory directory) {
    Map<String, Path> files = new HashMap<>();
    for (Topology.Server node : topology.nodes()) {
      files.put(node.name(), directory.accessLog(node.name()));
    }
    return new NodeLogs(files, PATIENCE);
  }

  /// The findings with what served each request; one without a line, or with one that contradicts the answer, is not fine.
  Tour.Findings explain(Tour.Findings findings) {
    Instant deadline = Instant.now().plus(patience);
    while (true) {
      Map<String, Map<String, Served>> lines = new HashMap<>();
      files.forEach((node, file) -> lines.put(node, read(file)));
      List<Tour.Stop> explained = new ArrayList<>();
      for (Tour.Stop stop : findings.stops()) {
        explained.add(explain(stop, lines.getOrDefault(stop.node(), Map.of())));
      }
      boolean complete =
          explained.stream().allMatch(stop -> stop.served() != null || stop.reply() == null);
      if (complete || Instant.now().isAfter(deadline)) {
        return new Tour.Findings(explained, findings.sources(), findings.complaints());
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  private static Tour.Stop explain(Tour.Stop stop, Map<String, Served> lines) {
    PublicClient.Reply reply = stop.reply();
    if (reply == null) {
      return stop;
    }
    Served served = lines.get(key(reply.from(), reply.tls()));
    String complaint = stop.complaint();
    if (complaint.isEmpty()) {
      complaint = served == null ? "the node's log does not know it" : served.complaint(stop);
    }
    return stop.explained(served, complaint);
  }

  private static Map<String, Served> read(Path file) {
    Map<String, Served> lines = new HashMap<>();
    try {
      for (String line : Files.readAllLines(file)) {
        JsonNode one = parse(line);
        if (one != null) {
          Served served = of(one);
          String from = one.path("source").asText() + ":" + one.path("sourcePort").asText();
          lines.put(key(from, served.tls()), served);
        }
      }
    } catch (NoSuchFileException e) {
      // The node has not opened it yet.
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("cannot read " + file, e);
    }
    return lines;
  }

  /// The system gives one port of the client's to two connections, if they go to different ports of the node.
  private static String key(String from, String tls) {
    return (tls.isEmpty() ? "clear " : "TLS ") + from;
  }

  /// Null for a line that is being written.
  private static @Nullable JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  private static Served of(JsonNode line) {
    return new Served(
        line.path("rule").asText(),
        line.path("member").asText(),
        line.path("status").asInt(),
        line.path("tls").asText(),
        line.path("totalMs").asDouble());
  }
}
