package io.portcullis.proxy.secure;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.internal.tcnative.SSL;
import io.netty.util.concurrent.ScheduledFuture;
import io.portcullis.proxy.message.Limits;
import io.portcullis.proxy.relay.OutboundEnd;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// The records of an established connection (RFC 8446 §5, RFC 5246 §6). Netty's handler keeps an engine between the bytes and the
/// library for Java's sake; here the library reads and writes the channel's own buffers.
///
/// Bytes that come are decrypted at once. Bytes that go wait for the flush, so that small writes share a record. The other side's
/// close_notify is to TLS what a FIN is to TCP: the connection closes, unless it allows half of itself to close.
public final class Records extends ChannelDuplexHandler implements OutboundEnd {

  /// RFC 8446 §5.1.
  private static final int LARGEST_PLAINTEXT = 16 * 1024;

  /// The library writes its session tickets ahead of the first data.
  private static final int TICKETS = 1024;

  /// What the library itself has to say between data: alerts. A renegotiation that a member asks for leaves in pieces of this size.
  private static final int OWN_WORDS = 128;

  private final ReferenceCountedOpenSslEngine engine;
  private final Session session;
  private final Outgoing outgoing = new Outgoing();
  private final int overhead;

  /// The library's connection and its pipe; 0 when they are gone, and then neither may be touched.
  private long ssl;

  private long bio;
  private @Nullable ChannelHandlerContext context;
  private boolean wrote;
  private boolean passedOn;
  private boolean heardLast;
  private boolean saidLast;

  /// Takes over the engine, whose handshake is done: nobody else may wrap or unwrap with it any more. It may be gone already, if both sides
  /// said their last word with the handshake.
  Records(ReferenceCountedOpenSslEngine engine, Session session) {
    this.engine = engine;
    this.session = session;
    ssl = engine.sslPointer();
    overhead = ssl == 0 ? 0 : SSL.getMaxWrapOverhead(ssl);
    // A pipe of our own in the place of the engine's, which keeps two kilobytes for handshakes.
    bio = ssl == 0 ? 0 : SSL.bioNewByteBuffer(ssl, OWN_WORDS);
  }

  /// The library still has a connection for this one.
  boolean isOpen() {
    return engine.refCnt() > 0 && engine.sslPointer() != 0;
  }

  Session session() {
    return session;
  }

  /// @return as ALPN names it (RFC 7301); null if nothing was agreed on
  public @Nullable String protocol() {
    String agreed = engine.getNegotiatedApplicationProtocol();
    return agreed == null || agreed.isEmpty() ? null : agreed;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = Memory.reachable(ctx.alloc(), (ByteBuf) message);
    try {
      while (!heardLast && ssl != 0 && open(ctx, in)) {
        // The library has more than one buffer holds.
      }
    } finally {
      in.release();
    }
    if (outgoing.isHeld() && ssl != 0) {
      flush(ctx);
    }
  }

  /// Decrypts what one buffer holds and passes it on.
  ///
  /// @return true if there is more
  private boolean open(ChannelHandlerContext ctx, ByteBuf in) {
    int length = in.readableBytes();
    int room = Math.max(length, SSL.sslPending(ssl));
    ByteBuf out = ctx.alloc().directBuffer(room);
    long to = Memory.address(out, 0);
    int taken = 0;
    int left;
    int verdict = SSL.SSL_ERROR_NONE;
    String problem = "";
    SSL.bioSetByteBuffer(bio, Memory.address(in, in.readerIndex()), length, false);
    try {
      do {
        int some = SSL.readFromSSL(ssl, to + taken, room - taken);
        left = SSL.bioLengthByteBuffer(bio);
        if (some <= 0) {
          verdict = SSL.getError(ssl, some);
          problem = Verdict.isProblem(verdict) ? Verdict.problem("SSL_read") : problem;
          break;
        }
        taken += some;
      } while (taken < room && left > 0);
    } finally {
      SSL.bioClearByteBuffer(bio);
    }
    in.skipBytes(length - left);
    saidLast |= Verdict.isProblem(verdict);
    // Ahead of what anybody behind may answer: the library counts wrong when it writes while the
    // pipe still holds its own words.
    boolean said = verdict != SSL.SSL_ERROR_NONE && sayOwnWords(ctx);
    if (taken > 0) {
      passOn(ctx, out.writerIndex(taken));
    } else {
      out.release();
    }
    if (ssl == 0) {
      return false;
    }
    return verdict == SSL.SSL_ERROR_NONE
        ? taken == room && (left > 0 || SSL.sslPending(ssl) > 0)
        : judge(ctx, verdict, problem, said);
  }

  /// Data that is in clear by now.
  void passOn(ChannelHandlerContext ctx, ByteBuf data) {
    passedOn = true;
    ctx.fireChannelRead(data);
  }

  /// @param said the pipe was full of the library's own words and has room now
  /// @return true if the library can go on at once
  private boolean judge(ChannelHandlerContext ctx, int verdict, String problem, boolean said) {
    if (Verdict.isProblem(verdict)) {
      fail(ctx, problem);
      return false;
    }
    if (verdict != SSL.SSL_ERROR_ZERO_RETURN) {
      return said && verdict == SSL.SSL_ERROR_WANT_WRITE;
    }
    heardLast = true;
    ctx.fireUserEventTriggered(SslCloseCompletionEvent.SUCCESS);
    if (!Boolean.TRUE.equals(ctx.channel().config().getOption(ChannelOption.ALLOW_HALF_CLOSURE))) {
      // Nobody waits for ours, which is a send for each short connection.
      saidLast |= PeerEnd.hasCome(ctx.channel());
      ctx.channel().close();
    }
    return false;
  }

  /// Both sides had said their last word before this handler was there.
  void end(ChannelHandlerContext ctx) {
    heardLast = true;
    saidLast = true;
    ctx.fireUserEventTriggered(SslCloseCompletionEvent.SUCCESS);
    ctx.channel().close();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    boolean quiet = !passedOn;
    passedOn = false;
    if (quiet && !ctx.channel().config().isAutoRead()) {
      // Part of a record: who asked for one read still waits for it.
      ctx.read();
    }
    ctx.fireChannelReadComplete();
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise told) {
    if (saidLast || ssl == 0) {
      ((ByteBuf) message).release();
      told.tryFailure(new ClosedChannelException());
      return;
    }
    outgoing.add((ByteBuf) message, told);
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    ByteBuf only = outgoing.takeOnly();
    ChannelPromise onlyTold = outgoing.takeOnlyTold();
    boolean goesOn = true;
    if (only != null && onlyTold != null) {
      goesOn = seal(ctx, only, onlyTold);
    }
    Outgoing.Part next;
    while (goesOn && (next = outgoing.take(ctx, LARGEST_PLAINTEXT)) != null) {
      goesOn = seal(ctx, next.bytes(), next.told());
    }
    if (goesOn && outgoing.isHeld()) {
      outgoing.hold(ctx, false);
    }
    ctx.flush();
  }

  /// Encrypts and writes. Ownership of `bytes` passes.
  ///
  /// @return false if nothing more can be said now
  private boolean seal(ChannelHandlerContext ctx, ByteBuf bytes, ChannelPromise told) {
    if (ssl == 0) {
      bytes.release();
      told.tryFailure(new ClosedChannelException());
      return false;
    }
    if (!bytes.isReadable()) {
      ctx.write(bytes, told);
      return true;
    }
    ByteBuf plain = Memory.reachable(ctx.alloc(), bytes);
    while (true) {
      ByteBuf out = ctx.alloc().directBuffer(sealedLength(plain.readableBytes()));
      int verdict = seal(plain, out);
      if (!plain.isReadable()) {
        plain.release();
        ctx.write(out, told);
        return true;
      }
      if (verdict == SSL.SSL_ERROR_WANT_READ) {
        ctx.write(out);
        outgoing.putBack(plain, told);
        outgoing.hold(ctx, true);
        return false;
      }
      if (verdict != SSL.SSL_ERROR_WANT_WRITE || !out.isReadable()) {
        out.release();
        plain.release();
        told.tryFailure(fail(ctx, Verdict.problem("SSL_write")));
        return false;
      }
      // The library had so much of its own to say that the rest needs another buffer.
      ctx.write(out);
    }
  }

  private int sealedLength(int length) {
    int own = wrote ? 0 : TICKETS;
    wrote = true;
    return own + length + (length / LARGEST_PLAINTEXT + 1) * overhead;
  }

  private int seal(ByteBuf plain, ByteBuf out) {
    int room = out.capacity();
    SSL.bioSetByteBuffer(bio, Memory.address(out, 0), room, true);
    try {
      long from = Memory.address(plain, 0);
      int verdict = SSL.SSL_ERROR_NONE;
      while (verdict == SSL.SSL_ERROR_NONE && plain.isReadable()) {
        int some = SSL.writeToSSL(ssl, from + plain.readerIndex(), plain.readableBytes());
        if (some > 0) {
          plain.skipBytes(some);
        } else {
          verdict = SSL.getError(ssl, some);
        }
      }
      out.writerIndex(room - SSL.bioLengthByteBuffer(bio));
      return verdict;
    } finally {
      SSL.bioClearByteBuffer(bio);
    }
  }

  /// Sends what the library itself has to say.
  ///
  /// @return true if there was something
  private boolean sayOwnWords(ChannelHandlerContext ctx) {
    boolean said = false;
    int length = ssl == 0 ? 0 : SSL.bioLengthNonApplication(bio);
    while (length > 0) {
      ByteBuf out = ctx.alloc().directBuffer(length);
      SSL.bioSetByteBuffer(bio, Memory.address(out, 0), length, true);
      try {
        out.writerIndex(SSL.bioFlushByteBuffer(bio));
      } finally {
        SSL.bioClearByteBuffer(bio);
      }
      ctx.write(out);
      said = true;
      length = SSL.bioLengthNonApplication(bio);
    }
    if (said) {
      ctx.flush();
    }
    return said;
  }

  /// Ends the connection: the other side hears the library's alert, everybody here the reason.
  private SSLException fail(ChannelHandlerContext ctx, String problem) {
    SSLException failure = new SSLException(problem);
    heardLast = true;
    saidLast = true;
    sayOwnWords(ctx);
    outgoing.fail(failure);
    ctx.fireExceptionCaught(failure);
    ctx.close();
    return failure;
  }

  /// Says close_notify (RFC 8446 §6.1): nothing more will be written. The other direction stays open.
  @Override
  public void closeOutbound() {
    ChannelHandlerContext own = context;
    if (own != null) {
      sayLast(own);
    }
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise told) {
    failUnsaid();
    sayLast(ctx);
    if (!ctx.channel().isActive()) {
      ctx.close(told);
      return;
    }
    ChannelFuture left = ctx.writeAndFlush(Unpooled.EMPTY_BUFFER);
    if (left.isDone()) {
      ctx.close(told);
      return;
    }
    // Whoever does not read does not hold us up.
    ScheduledFuture<?> late =
        ctx.executor()
            .schedule(
                () -> ctx.close(ctx.newPromise()),
                Limits.CLOSE_NOTIFY.toMillis(),
                TimeUnit.MILLISECONDS);
    left.addListener(_ -> {
      late.cancel(false);
      ctx.close(told);
    });
  }

  /// An exception costs more than all else of a connection's end; most have nothing left to say.
  private void failUnsaid() {
    if (!outgoing.isEmpty()) {
      outgoing.fail(new ClosedChannelException());
    }
  }

  private void sayLast(ChannelHandlerContext ctx) {
    if (saidLast || ssl == 0) {
      return;
    }
    saidLast = true;
    int ended;
    do {
      ended = SSL.shutdownSSL(ssl);
      SSL.clearError();
      // Tickets that nothing was written behind go ahead of the last word, and it waits for room.
    } while (sayOwnWords(ctx) && ended < 0);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (saidLast && cause instanceof IOException) {
      // The other side did not wait for our last word.
      ctx.close();
      return;
    }
    ctx.fireExceptionCaught(cause);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    try {
      failUnsaid();
    } finally {
      ssl = 0;
      bio = 0;
      engine.release();
    }
  }
}
