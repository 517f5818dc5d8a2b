package io.portcullis.perf.load;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// One run of load, as it is kept in a file: what was asked, on which machine, and what came of it.
///
/// @param format version of this document
/// @param started moment of the first due arrival, ISO 8601
/// @param complete false if the run was stopped early; everything in it is true all the same
/// @param arrivals how many were due and begun
/// @param lateness how late the generator itself began them: above a millisecond at p99 its machine was the limit
/// @param operations what became of requests, by operation
/// @param timeline one entry a second, all operations together
/// @param agreed TLS handshakes by what they agreed on: version, cipher suite, group, kind of key; empty in clear
/// @param nodes what `--metrics` saw, about once a second for each node
public record LoadResult(
    int format,
    String started,
    Asked asked,
    Machine machine,
    boolean complete,
    double seconds,
    long arrivals,
    long bodyBytes,
    Latency lateness,
    Map<String, Operation> operations,
    List<Second> timeline,
    @Nullable Map<String, Long> agreed,
    @Nullable List<NodeSecond> nodes) {

  public static final int FORMAT = 1;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
          .build();

  public LoadResult {
    operations = new TreeMap<>(operations);
    timeline = List.copyOf(timeline);
    nodes = nodes == null ? List.of() : List.copyOf(nodes);
    agreed = agreed == null ? new TreeMap<>() : new TreeMap<>(agreed);
  }

  /// @param rate arrivals a second asked for; 0 for a closed loop
  public record Asked(
      String target,
      String address,
      String model,
      double rate,
      boolean random,
      double seconds,
      int connections,
      int sources) {}

  public record Machine(String name, int processors, String system, String java, double load) {

    static Machine here() {
      var os = ManagementFactory.getOperatingSystemMXBean();
      return new Machine(
          hostName(),
          os.getAvailableProcessors(),
          os.getName() + " " + os.getVersion() + " " + os.getArch(),
          Runtime.version().toString(),
          os.getSystemLoadAverage());
    }

    private static String hostName() {
      try {
        return Files.readString(Path.of("/etc/hostname")).strip();
      } catch (IOException e) {
        return "unknown";
      }
    }
  }

  /// In microseconds, of requests that were answered rightly. Errors are beside it, never in it.
  public record Latency(
      long count, double mean, long p50, long p90, long p99, long p999, long max) {

    static Latency of(Histogram histogram) {
      return new Latency(
          histogram.getTotalCount(),
          histogram.getTotalCount() == 0 ? 0 : histogram.getMean(),
          histogram.getValueAtPercentile(50),
          histogram.getValueAtPercentile(90),
          histogram.getValueAtPercentile(99),
          histogram.getValueAtPercentile(99.9),
          histogram.getMaxValue());
    }
  }

  /// @param errors counts by kind: the words of the README's table
  /// @param slices the run cut into at most sixty pieces of equal length, for comparisons
  public record Operation(Latency latency, Map<String, Long> errors, List<Piece> slices) {
    public Operation {
      errors = new TreeMap<>(errors);
      slices = List.copyOf(slices);
    }

    public long failed() {
      return errors.values().stream().mapToLong(Long::longValue).sum();
    }

    /// All latencies of the run.
    Histogram histogram() {
      Histogram all = new Histogram(Tally.MAX_MICROS, Tally.DIGITS);
      slices.forEach(slice -> all.add(slice.latencies()));
      return all;
    }
  }

  /// @param histogram HdrHistogram's compressed V2 encoding in Base64, microseconds
  public record Piece(String histogram, long failed) {

    static Piece of(Histogram latencies, long failed) {
      ByteBuffer buffer = ByteBuffer.allocate(latencies.getNeededByteBufferCapacity());
      int length = latencies.encodeIntoCompressedByteBuffer(buffer, Deflater.BEST_COMPRESSION);
      byte[] bytes = new byte[length];
      buffer.flip().get(bytes);
      return new Piece(Base64.getEncoder().encodeToString(bytes), failed);
    }

    public Histogram latencies() {
      try {
        return Histogram.decodeFromCompressedByteBuffer(
            ByteBuffer.wrap(Base64.getDecoder().decode(histogram)), 0);
      } catch (DataFormatException e) {
        throw new IllegalArgumentException("a histogram in the result is damaged", e);
      }
    }
  }

  /// @param at seconds since the start, the end of this one
  public record Second(
      double at, long arrivals, long answered, long failed, long p50, long p99, long max) {}

  /// @param node the URL its metrics were read from
  /// @param at seconds since the start
  /// @param cpu processors busy
  /// @param gc share of the time in garbage collection
  public record NodeSecond(String node, double at, double cpu, double gc) {}

  /// As the component, never null: a file of an earlier release does not say.
  @Override
  public List<NodeSecond> nodes() {
    return nodes == null ? List.of() : nodes;
  }

  LoadResult withNodes(List<NodeSecond> seen) {
    return new LoadResult(
        format,
        started,
        asked,
        machine,
        complete,
        seconds,
        arrivals,
        bodyBytes,
        lateness,
        operations,
        timeline,
        agreed,
        seen);
  }

  /// As the component, never null: a file of an earlier release does not say.
  @Override
  public Map<String, Long> agreed() {
    return agreed == null ? Map.of() : agreed;
  }

  public long answered() {
    return operations.values().stream().mapToLong(operation -> operation.latency().count()).sum();
  }

  public long failed() {
    return operations.values().stream().mapToLong(Operation::failed).sum();
  }

  /// Errors by kind over all operations.
  public Map<String, Long> errors() {
    Map<String, Long> all = new TreeMap<>();
    for (Operation operation : operations.values()) {
      operation.errors().forEach((kind, count) -> all.merge(kind, count, Long::sum));
    }
    return all;
  }

  public String toJson() {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n";
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// @throws IOException if it is not there, or not such a document of this format
  public static LoadResult read(Path file) throws IOException {
    LoadResult result;
    try {
      result = JSON.readValue(file.toFile(), LoadResult.class);
    } catch (JsonProcessingException e) {
      throw new IOException(
          file + " is not a result of farmctl perf load: " + e.getOriginalMessage(), e);
    }
    if (result.format() != FORMAT) {
      throw new IOException(
          file + " has format " + result.format() + ", this program reads " + FORMAT);
    }
    return result;
  }
}
