package io.portcullis.perf.micro;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// What JMH measured, by benchmark and parameters.
record MicroResults(Map<String, Result> byName) {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String PACKAGE = MicroResults.class.getPackageName() + ".";

  MicroResults {
    byName = new TreeMap<>(byName);
  }

  /// @param values one an iteration, all forks
  /// @param allocated bytes an operation; negative if unknown
  record Result(List<Double> values, String unit, double allocated) {
    Result {
      values = List.copyOf(values);
    }

    double mean() {
      return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }

    double variance() {
      double mean = mean();
      return values.stream().mapToDouble(value -> (value - mean) * (value - mean)).sum()
          / Math.max(1, values.size() - 1);
    }
  }

  /// @throws IOException if it is not there or not JMH's JSON
  static MicroResults read(Path file) throws IOException {
    JsonNode root;
    try {
      root = JSON.readTree(file.toFile());
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IOException(
          file + " is not a result of farmctl perf micro: " + e.getOriginalMessage(), e);
    }
    Map<String, Result> results = new TreeMap<>();
    for (JsonNode one : root) {
      JsonNode primary = one.path("primaryMetric");
      results.put(name(one), new Result(values(primary), unit(primary), allocated(one)));
    }
    if (results.isEmpty()) {
      throw new IOException(file + " holds no benchmark");
    }
    return new MicroResults(results);
  }

  private static String name(JsonNode one) {
    StringBuilder name = new StringBuilder(one.path("benchmark").asText().replace(PACKAGE, ""));
    one.path("params")
        .properties()
        .forEach(parameter ->
            name.append(' ')
                .append(parameter.getKey())
                .append('=')
                .append(parameter.getValue().asText()));
    return name.toString();
  }

  private static List<Double> values(JsonNode primary) {
    List<Double> values = new ArrayList<>();
    for (JsonNode fork : primary.path("rawData")) {
      fork.forEach(value -> values.add(value.asDouble()));
    }
    return values;
  }

  private static String unit(JsonNode primary) {
    return primary.path("scoreUnit").asText();
  }

  private static double allocated(JsonNode one) {
    for (Map.Entry<String, JsonNode> metric : one.path("secondaryMetrics").properties()) {
      if (metric.getKey().endsWith("gc.alloc.rate.norm")) {
        return metric.getValue().path("score").asDouble(-1);
      }
    }
    return -1;
  }

  String table() {
    StringBuilder text =
        new StringBuilder(
            String.format(
                Locale.ROOT, "%-56s %14s %8s %12s%n", "benchmark", "mean", "±", "bytes/op"));
    byName.forEach((name, result) ->
        text.append(
            String.format(
                Locale.ROOT,
                "%-56s %,14.1f %7.1f%% %12.0f  %s%n",
                name,
                result.mean(),
                100 * Math.sqrt(result.variance()) / result.mean(),
                result.allocated(),
                result.unit())));
    return text.toString();
  }
}
