package io.portcullis.perf.micro.observe;

import io.portcullis.perf.micro.Distribution;
import io.portcullis.proxy.message.MessageRefused;
import io.portcullis.proxy.message.ParsedRequest;
import io.portcullis.proxy.observe.AccessLog;
import io.portcullis.proxy.observe.AccessRecord;
import io.portcullis.proxy.observe.Choice;
import io.portcullis.proxy.observe.ConnectionFacts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// What the access log costs the event loop: a record filled in and offered, while the writer makes lines of them.
///
/// `offer` alone is the queue under a writer that naps: when it is full, which at this pace it often is, the record is counted and gone.
@Distribution(
    "one event loop without a pause, every exchange a GET of 60 bytes' target through one rule, pool and member; the writer"
        + " beside it, to a file; overflowed counts what found no room, which at this pace most does")
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AccessLogBench {

  private static final String HEAD =
      """
      GET /ucwa/oauth/v1/applications/113958164/events?ack=1&timeout=180 HTTP/1.1\r
      Host: webext01.contoso.com\r
      \r
      """;

  private static final ConnectionFacts FACTS =
      new ConnectionFacts(
          "https",
          new InetSocketAddress("192.0.2.7", 50_000),
          "TLSv1.3",
          "TLS_AES_128_GCM_SHA256",
          true);

  private final ParsedRequest request = new ParsedRequest();
  private int headBytes;
  private @Nullable Path directory;
  private @Nullable AccessLog log;
  private @Nullable AccessRecord ready;

  /// Records for which there was no room.
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Overflow {
    public long overflowed;
  }

  @Setup
  public void open() throws IOException, MessageRefused {
    Path made = Files.createTempDirectory("perf-log");
    directory = made;
    log =
        AccessLog.open(
            new AccessLog.Settings(made.resolve("access.log"), false, 64 << 20, 2), () -> "node-1");
    byte[] head = HEAD.getBytes(StandardCharsets.ISO_8859_1);
    request.parse(head, head.length);
    headBytes = head.length;
    ready = filled();
  }

  @TearDown(Level.Trial)
  public void close() throws IOException {
    AccessLog opened = log;
    Path made = directory;
    if (opened != null) {
      opened.close();
    }
    if (made != null) {
      try (var files = Files.list(made)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(made);
    }
  }

  private AccessRecord filled() {
    AccessRecord one = new AccessRecord(FACTS, 0);
    one.request(request, headBytes);
    one.decided(1, "pool01-external");
    one.toPool("pool01");
    one.toMember("fe1.contoso.local", Choice.NONE);
    one.received(0);
    one.answered(200);
    one.sent(512);
    one.ended();
    return one;
  }

  /// The record alone, without the log.
  @Benchmark
  public AccessRecord fill() {
    return filled();
  }

  @Benchmark
  public void offer(Overflow overflow) {
    AccessLog opened = log;
    AccessRecord one = ready;
    if (opened != null && one != null) {
      opened.ended(one);
      overflow.overflowed = opened.overflowed();
    }
  }

  @Benchmark
  public void fillAndOffer(Overflow overflow) {
    AccessLog opened = log;
    if (opened != null) {
      opened.ended(filled());
      overflow.overflowed = opened.overflowed();
    }
  }
}
