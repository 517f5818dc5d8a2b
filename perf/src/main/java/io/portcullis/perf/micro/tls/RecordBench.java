package io.portcullis.perf.micro.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import io.portcullis.perf.micro.Distribution;
import io.portcullis.perf.staging.LabAuthority;
import io.portcullis.perf.staging.ServerIdentity;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// One record through two SslHandlers over BoringSSL: sealed by the server's, opened by the client's, TLS 1.3.
///
/// Models a small answer (256 bytes with its head) and a full record (16 KiB).
@Distribution(
    "records of 256 bytes (a small answer with its head) and of 16 KiB, TLS 1.3, one cipher suite")
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RecordBench {

  private static final String NAME = "webext01.contoso.com";

  @Param({"256", "16384"})
  public int bytes = 256;

  private @Nullable EmbeddedChannel server;
  private @Nullable EmbeddedChannel client;
  private ByteBuf content = Unpooled.EMPTY_BUFFER;

  @Setup
  public void prepare() throws GeneralSecurityException, SSLException {
    LabAuthority authority = LabAuthority.create("bench");
    ServerIdentity identity = authority.issue(List.of(NAME));
    SslContext serving =
        SslContextBuilder.forServer(identity.key(), identity.leaf())
            .sslProvider(SslProvider.OPENSSL)
            .protocols("TLSv1.3")
            .build();
    SslContext asking =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.OPENSSL)
            .trustManager(authority.certificate())
            .endpointIdentificationAlgorithm("HTTPS")
            .protocols("TLSv1.3")
            .build();
    EmbeddedChannel one = new EmbeddedChannel();
    EmbeddedChannel other = new EmbeddedChannel();
    one.pipeline().addLast(serving.newHandler(one.alloc()));
    SslHandler handler = asking.newHandler(other.alloc(), NAME, 443);
    other.pipeline().addLast(handler);
    server = one;
    client = other;
    for (int turn = 0; turn < 10; turn++) {
      carry(other, one);
      carry(one, other);
    }
    if (!handler.handshakeFuture().isSuccess()) {
      throw new IllegalStateException("no handshake", handler.handshakeFuture().cause());
    }
    content = Unpooled.unreleasableBuffer(Unpooled.directBuffer(bytes).writeZero(bytes));
  }

  private static void carry(EmbeddedChannel from, EmbeddedChannel to) {
    from.flush();
    for (Object piece = from.readOutbound(); piece != null; piece = from.readOutbound()) {
      to.writeInbound(piece);
    }
  }

  @Benchmark
  public int sealAndOpen() {
    EmbeddedChannel one = server;
    EmbeddedChannel other = client;
    if (one == null || other == null) {
      return 0;
    }
    one.writeOutbound(content.retainedDuplicate());
    carry(one, other);
    int opened = 0;
    for (Object piece = other.readInbound(); piece != null; piece = other.readInbound()) {
      opened += piece instanceof ByteBuf buffer ? buffer.readableBytes() : 0;
      ReferenceCountUtil.release(piece);
    }
    return opened;
  }

  @TearDown
  public void close() {
    EmbeddedChannel one = server;
    EmbeddedChannel other = client;
    if (one != null && other != null) {
      one.finishAndReleaseAll();
      other.finishAndReleaseAll();
    }
  }
}
