package io.portcullis.proxy.secure;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import io.portcullis.proxy.TestAuthority;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLException;

/// Two ends in one thread, ours and Java's own TLS under Netty's handler, and a network between them that cuts what it carries into
/// pieces.
final class Line implements AutoCloseable {

  static final TestAuthority AUTHORITY = new TestAuthority("Line CA");
  private static final TestAuthority.Issued ISSUED = AUTHORITY.issue("localhost");

  final End ours = new End();
  final End theirs = new End();
  private final EmbeddedChannel ourEnd;
  private final EmbeddedChannel theirEnd;
  private final Random random;

  /// What one end has heard.
  static final class End extends ChannelInboundHandlerAdapter {
    final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    final List<Object> events = new ArrayList<>();
    final List<Throwable> failures = new ArrayList<>();

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws IOException {
      ByteBuf bytes = (ByteBuf) message;
      bytes.readBytes(heard, bytes.readableBytes());
      bytes.release();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      events.add(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      failures.add(cause);
    }
  }

  /// @param server our end is the server
  Line(boolean server, String version, Random random) throws SSLException {
    this.random = random;
    SslContext own = context(server, SslProvider.OPENSSL, version);
    SslContext other = context(!server, SslProvider.JDK, version);
    UnpooledByteBufAllocator alloc = UnpooledByteBufAllocator.DEFAULT;
    ourEnd = channel(new Handshake(own.newEngine(alloc), Duration.ofHours(1)), ours);
    theirEnd = channel(new SslHandler(other.newEngine(alloc)), theirs);
  }

  private static EmbeddedChannel channel(ChannelHandler tls, End end) {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.pipeline().addLast(tls, end);
    return channel;
  }

  static SslContext context(boolean server, SslProvider provider, String version)
      throws SSLException {
    SslContextBuilder builder =
        server
            ? SslContextBuilder.forServer(
                new ByteArrayInputStream(ISSUED.chain().getBytes(US_ASCII)),
                new ByteArrayInputStream(ISSUED.key().getBytes(US_ASCII)))
            : SslContextBuilder.forClient()
                .endpointIdentificationAlgorithm("")
                .trustManager(new ByteArrayInputStream(AUTHORITY.certificate().getBytes(US_ASCII)));
    return builder.sslProvider(provider).protocols(version).build();
  }

  EmbeddedChannel ourEnd() {
    return ourEnd;
  }

  EmbeddedChannel theirEnd() {
    return theirEnd;
  }

  /// Carries everything over, in pieces, until nobody has anything to say.
  Line settle() {
    boolean moved = true;
    while (moved) {
      moved = carry(ourEnd, theirEnd);
      moved |= carry(theirEnd, ourEnd);
    }
    return this;
  }

  private boolean carry(EmbeddedChannel from, EmbeddedChannel to) {
    from.runPendingTasks();
    boolean moved = false;
    for (ByteBuf out = from.readOutbound(); out != null; out = from.readOutbound()) {
      moved = true;
      while (out.isReadable() && to.isActive()) {
        int some = 1 + random.nextInt(Math.min(out.readableBytes(), piece()));
        // A buffer of its own, as from a socket.
        to.writeOneInbound(to.alloc().directBuffer(some).writeBytes(out, some));
      }
      out.release();
      if (to.isActive()) {
        to.flushInbound();
      }
    }
    return moved;
  }

  private int piece() {
    return switch (random.nextInt(3)) {
      case 0 -> 7;
      case 1 -> 1500;
      default -> 64 * 1024;
    };
  }

  @Override
  public void close() {
    for (EmbeddedChannel end : List.of(ourEnd, theirEnd)) {
      end.close();
      end.runPendingTasks();
      for (Object out = end.readOutbound(); out != null; out = end.readOutbound()) {
        ReferenceCountUtil.release(out);
      }
    }
  }
}
