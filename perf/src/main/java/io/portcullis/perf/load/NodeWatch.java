package io.portcullis.perf.load;

import io.portcullis.farm.call.BoundedCall;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Asks nodes for their `/metrics` once a second while load runs: CPU time and time in garbage collection. A node that does not
/// answer leaves a gap, never an error: what is measured is the load.
final class NodeWatch implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(2);
  private static final int MAX_NODES = 16;
  private static final long MAX_PAGE_BYTES = 4L << 20;
  private static final String CPU = "process_cpu_seconds_total";
  private static final String GC = "jvm_gc_collection_seconds_sum";

  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(LIMIT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private final List<URI> urls;
  private final List<LoadResult.NodeSecond> seen = new ArrayList<>();
  private final CountDownLatch over = new CountDownLatch(1);
  private final Thread thread;

  private record Reading(double at, double cpu, double gc) {}

  /// @param urls of `/metrics`, on the nodes' admin listeners
  /// @throws IllegalArgumentException for what is no such URL
  NodeWatch(List<String> urls) {
    if (urls.size() > MAX_NODES) {
      throw new IllegalArgumentException("--metrics at most " + MAX_NODES + " times");
    }
    this.urls = urls.stream().map(NodeWatch::url).toList();
    thread = Thread.ofVirtual().name("node metrics").start(this::watch);
  }

  private static URI url(String text) {
    try {
      URI url = URI.create(text);
      if (("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
          && url.getHost() != null) {
        return url;
      }
    } catch (IllegalArgumentException e) {
      // Said below, with the way it should be.
    }
    throw new IllegalArgumentException(
        "--metrics is such as http://127.0.0.1:9470/metrics, not \"" + text + "\"");
  }

  private void watch() {
    long start = System.nanoTime();
    List<Reading> before = new ArrayList<>();
    urls.forEach(_ -> before.add(new Reading(Double.NaN, 0, 0)));
    try {
      do {
        for (int i = 0; i < urls.size(); i++) {
          Reading now = read(urls.get(i), start);
          Reading last = before.set(i, now);
          double length = now.at() - last.at();
          if (length > 0) { // NaN is not
            seen.add(
                new LoadResult.NodeSecond(
                    urls.get(i).toString(),
                    now.at(),
                    (now.cpu() - last.cpu()) / length,
                    (now.gc() - last.gc()) / length));
          }
        }
      } while (!over.await(1, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Reading read(URI url, long start) throws InterruptedException {
    try {
      HttpResponse<byte[]> answer =
          BoundedCall.send(
              client, HttpRequest.newBuilder(url).timeout(LIMIT).build(), MAX_PAGE_BYTES, LIMIT);
      String page = new String(answer.body(), StandardCharsets.UTF_8);
      double cpu = sum(page, CPU);
      if (answer.statusCode() == 200 && cpu > 0) {
        return new Reading((System.nanoTime() - start) / 1e9, cpu, sum(page, GC));
      }
    } catch (IOException e) {
      // A gap in the chart says it.
    }
    return new Reading(Double.NaN, 0, 0);
  }

  /// Over all labels of a name, in Prometheus' text format.
  static double sum(String text, String name) {
    double sum = 0;
    for (String line : text.split("\n")) {
      boolean named =
          line.startsWith(name)
              && line.length() > name.length()
              && (line.charAt(name.length()) == ' ' || line.charAt(name.length()) == '{');
      if (named) {
        try {
          sum += Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
        } catch (NumberFormatException e) {
          return 0;
        }
      }
    }
    return sum;
  }

  /// Ends it.
  ///
  /// @return what was seen, in order
  List<LoadResult.NodeSecond> end() throws InterruptedException {
    close();
    thread.join();
    return List.copyOf(seen);
  }

  @Override
  public void close() {
    over.countDown();
  }
}
