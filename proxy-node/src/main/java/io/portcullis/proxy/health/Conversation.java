package io.portcullis.proxy.health;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/// Bytes to and from a member over a blocking socket, through the same TLS context that clients' requests take: a check
/// passes exactly when a request would.
final class Conversation implements AutoCloseable {

  private static final int READ_BYTES = 16 * 1024;

  private final Socket socket;
  private final Deadline deadline;
  private final @Nullable EmbeddedChannel tls;

  private Conversation(Socket socket, Deadline deadline, @Nullable EmbeddedChannel tls) {
    this.socket = socket;
    this.deadline = deadline;
    this.tls = tls;
  }

  static Conversation over(
      Socket socket, MemberPool pool, Member member, boolean secure, Deadline deadline) {
    SslContext context = secure ? pool.upstreamTls() : null;
    if (context == null) {
      return new Conversation(socket, deadline, null);
    }
    UnpooledByteBufAllocator allocator = UnpooledByteBufAllocator.DEFAULT;
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.config().setAllocator(allocator);
    channel
        .pipeline()
        .addLast(context.newHandler(allocator, pool.tlsNameOf(member), member.port(true)));
    return new Conversation(socket, deadline, channel);
  }

  /// Ends when the handshake has; only over TLS.
  void shakeHands() throws IOException {
    EmbeddedChannel channel = tls;
    SslHandler handler = channel == null ? null : channel.pipeline().get(SslHandler.class);
    if (channel == null || handler == null) {
      throw new IOException("the pool has no TLS");
    }
    pushOut(channel);
    byte[] raw = new byte[READ_BYTES];
    while (!handler.handshakeFuture().isDone()) {
      socket.setSoTimeout(deadline.millisLeft());
      int length = socket.getInputStream().read(raw);
      if (length < 0) {
        throw new IOException("the connection was closed during the handshake");
      }
      decrypt(channel, java.util.Arrays.copyOf(raw, length));
      pushOut(channel);
    }
    if (!handler.handshakeFuture().isSuccess()) {
      throw new IOException("TLS: " + rootMessage(handler.handshakeFuture().cause()));
    }
  }

  void send(String text) throws IOException {
    ByteBuf bytes = Unpooled.copiedBuffer(text, ISO_8859_1);
    if (tls == null) {
      bytes.readBytes(socket.getOutputStream(), bytes.readableBytes());
      bytes.release();
      return;
    }
    tls.writeOneOutbound(bytes);
    tls.flushOutbound();
    pushOut(tls);
  }

  /// Some clear bytes; none when the peer has closed.
  byte[] receive() throws IOException {
    byte[] raw = new byte[READ_BYTES];
    while (true) {
      socket.setSoTimeout(deadline.millisLeft());
      int length = socket.getInputStream().read(raw);
      if (length < 0) {
        return new byte[0];
      }
      byte[] clear = java.util.Arrays.copyOf(raw, length);
      if (tls != null) {
        clear = decrypt(tls, clear);
        pushOut(tls);
      }
      if (clear.length > 0) {
        return clear;
      }
    }
  }

  private static byte[] decrypt(EmbeddedChannel tls, byte[] records) throws IOException {
    try {
      tls.writeInbound(Unpooled.wrappedBuffer(records));
    } catch (DecoderException e) {
      Throwable cause = e.getCause();
      throw new IOException("TLS: " + rootMessage(cause == null ? e : cause), e);
    }
    ByteArrayOutputStream clear = new ByteArrayOutputStream();
    for (ByteBuf part = tls.readInbound(); part != null; part = tls.readInbound()) {
      part.readBytes(clear, part.readableBytes());
      part.release();
    }
    return clear.toByteArray();
  }

  private static String rootMessage(Throwable error) {
    Throwable root = error;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }

  private void pushOut(EmbeddedChannel from) throws IOException {
    from.runPendingTasks();
    for (ByteBuf part = from.readOutbound(); part != null; part = from.readOutbound()) {
      part.readBytes(socket.getOutputStream(), part.readableBytes());
      part.release();
    }
  }

  @Override
  public void close() {
    if (tls != null) {
      tls.finishAndReleaseAll();
    }
  }
}
