package io.portcullis.perf.micro.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.portcullis.perf.micro.Distribution;
import io.portcullis.proxy.message.HeadCollector;
import io.portcullis.proxy.message.HeadRoom;
import io.portcullis.proxy.message.MessageRefused;
import io.portcullis.proxy.message.ParsedRequest;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// Collecting and parsing one request head that arrived whole, as nearly all do.
///
/// Models two clients: `bare` is a load tool's four lines, `browser` the head of a web client's request with its cookies
/// (15 lines, about 900 bytes).
@Distribution(
    "one of two heads again and again: a load tool's four lines, and a web client's with its cookies"
        + " (15 lines, about 900 bytes), arrived whole")
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HeadParseBench {

  private static final int SCRATCH_BYTES = 64 * 1024;

  @Param({"bare", "browser"})
  public String client = "bare";

  private final byte[] scratch = new byte[SCRATCH_BYTES];
  private final HeadCollector collector = HeadCollector.ofRequests(HeadRoom.unbounded());
  private final ParsedRequest request = new ParsedRequest();
  private ByteBuf bytes = Unpooled.EMPTY_BUFFER;

  @Setup
  public void prepare() {
    bytes =
        Unpooled.directBuffer()
            .writeBytes(head(client).replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
  }

  @Benchmark
  public int collectAndParse() throws MessageRefused {
    bytes.readerIndex(0);
    int end = collector.collect(bytes, scratch);
    request.parse(collector.take(), end);
    return request.pathEnd();
  }

  /// A request head with line feeds only.
  static String head(String client) {
    return client.equals("bare")
        ? """
        GET /bytes/64 HTTP/1.1
        Host: webext01.contoso.com
        User-Agent: portcullis-perf
        Accept: */*

        """
        : """
        POST /ucwa/oauth/v1/applications/113958164/batch?rel=next HTTP/1.1
        Host: webext01.contoso.com
        Connection: keep-alive
        Content-Length: 512
        Accept: multipart/batching
        Accept-Language: en-GB,en;q=0.9,de;q=0.8
        Accept-Encoding: gzip, deflate, br
        Authorization: Bearer cwt=%s
        Cache-Control: no-cache
        Content-Type: multipart/batching;boundary="9a2c1f5e-77d1-4d6e-b0a3-3f0a5c1d2e4b"
        Cookie: cwt_ucwa=%s
        Origin: https://webext01.contoso.com
        Referer: https://webext01.contoso.com/Autodiscover/XFrame/XFrame.html
        User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36
        X-Ms-Origin: https://webext01.contoso.com
        X-Requested-With: XMLHttpRequest

        """
            .formatted("A1b2".repeat(40), "c3D4".repeat(20));
  }
}
