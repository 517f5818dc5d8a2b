package io.portcullis.proxy.secure;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.portcullis.proxy.relay.Loop;
import io.portcullis.proxy.relay.Watched;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// The handshake of one connection, through Netty's engine, which knows certificates, trust, sessions and names. When it is done,
/// [Records] take its place, and a `SslHandshakeCompletionEvent` says so to whoever stands behind. Nothing may be written before.
public final class Handshake extends ChannelDuplexHandler implements Watched {

  /// The first flight of a server with a chain of some certificates; a longer one leaves in pieces.
  private static final int FLIGHT = 4 * 1024;

  /// No record is longer (RFC 5246 §6.2.3).
  private static final int RECORD = 16 * 1024 + 2 * 1024;

  private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);

  /// Where the engine may put data; only what follows the last flight is any.
  private static final FastThreadLocal<ByteBuffer> DATA =
      new FastThreadLocal<>() {
        @Override
        protected ByteBuffer initialValue() {
          return ByteBuffer.allocateDirect(RECORD);
        }
      };

  private final ReferenceCountedOpenSslEngine engine;
  private final Duration within;
  private @Nullable Promise<Void> told;
  private ByteBuf in = Unpooled.EMPTY_BUFFER;
  private @Nullable ByteBuf decrypted;
  private @Nullable ChannelHandlerContext context;
  private long deadline;
  private int slot;
  private boolean over;
  private boolean succeeded;
  private boolean ended;

  /// @param engine of BoringSSL; it is ours from now on
  /// @param within how long it may take
  public Handshake(SSLEngine engine, Duration within) {
    this.engine = (ReferenceCountedOpenSslEngine) engine;
    this.within = within;
  }

  /// Ends as the handshake does; to be asked for on the event loop, before the handshake is over.
  public Future<Void> done() {
    Promise<Void> promise = told;
    if (promise == null) {
      if (context == null) {
        throw new IllegalStateException("not in a pipeline yet");
      }
      promise = context.executor().newPromise();
      told = promise;
    }
    return promise;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    if (ctx.channel().isActive()) {
      begin(ctx);
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    begin(ctx);
    ctx.fireChannelActive();
  }

  private void begin(ChannelHandlerContext ctx) {
    Loop loop = Loop.of(ctx.channel().eventLoop());
    deadline = loop.deadline(within);
    loop.watch(this);
    if (engine.getUseClientMode()) {
      advance(ctx);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf more = (ByteBuf) message;
    if (over) {
      more.release();
      return;
    }
    if (in.isReadable()) {
      ByteBuf both = ctx.alloc().directBuffer(in.readableBytes() + more.readableBytes());
      both.writeBytes(in).writeBytes(more);
      more.release();
      more = both;
    }
    in.release();
    in = more;
    advance(ctx);
  }

  private void advance(ChannelHandlerContext ctx) {
    Session agreed;
    try {
      boolean done = engine.getUseClientMode() && !in.isReadable() ? say(ctx) : hear(ctx);
      agreed = done ? Session.of(engine) : null;
      if (ended) {
        // The engine is gone when that is said.
        sayEnd(ctx);
      }
    } catch (SSLException | RuntimeException failed) {
      ctx.flush();
      fail(ctx, failed);
      return;
    }
    ctx.flush();
    if (agreed != null) {
      succeed(ctx, agreed);
    }
  }

  /// @return true if the handshake is done
  private boolean hear(ChannelHandlerContext ctx) throws SSLException {
    while (true) {
      ByteBuffer data = DATA.get().clear();
      SSLEngineResult result =
          engine.unwrap(in.nioBuffer(in.readerIndex(), in.readableBytes()), data);
      in.skipBytes(result.bytesConsumed());
      if (result.getStatus() == Status.BUFFER_OVERFLOW) {
        // Whatever else came would be kept until the deadline.
        throw new SSLException("a record of the handshake is too long");
      }
      if (result.getHandshakeStatus() == HandshakeStatus.FINISHED) {
        if (result.bytesProduced() > 0) {
          // The engine found the end of the handshake and a first record of data in one call.
          decrypted = ctx.alloc().directBuffer(data.position()).writeBytes(data.flip());
        }
        // Their last word may come in one piece with the end of the handshake.
        ended = result.getStatus() == Status.CLOSED;
        return true;
      }
      if (result.getStatus() == Status.CLOSED) {
        sayEnd(ctx);
        throw new SSLException("the handshake was broken off");
      }
      if (result.bytesProduced() > 0) {
        throw new SSLException("the handshake was broken off");
      }
      switch (result.getHandshakeStatus()) {
        case NEED_WRAP -> {
          if (say(ctx)) {
            return true;
          }
          if (engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING) {
            // It was done, and in the same call a record came that does not decrypt: what was said
            // is the alert.
            throw new SSLException("the first record after the handshake is spoilt");
          }
        }
        case NEED_TASK -> runTasks();
        default -> {
          // Asked once more after the last record: the engine may only then see that it is done.
          if (result.getStatus() == Status.BUFFER_UNDERFLOW || result.bytesConsumed() == 0) {
            return false;
          }
        }
      }
    }
  }

  /// @return true if the handshake is done
  private boolean say(ChannelHandlerContext ctx) throws SSLException {
    while (true) {
      ByteBuf out = ctx.alloc().directBuffer(FLIGHT);
      SSLEngineResult result;
      try {
        result = engine.wrap(NOTHING, out.nioBuffer(0, out.capacity()));
        out.writerIndex(result.bytesProduced());
      } finally {
        if (out.isReadable()) {
          ctx.write(out);
        } else {
          out.release();
        }
      }
      switch (result.getHandshakeStatus()) {
        case FINISHED -> {
          return true;
        }
        case NEED_TASK -> runTasks();
        case NEED_WRAP -> {
          if (result.getStatus() == Status.CLOSED && result.bytesProduced() == 0) {
            throw new SSLException("the handshake was broken off");
          }
        }
        default -> {
          return false;
        }
      }
    }
  }

  /// The engine has answered their close_notify with ours, which is to be sent.
  private void sayEnd(ChannelHandlerContext ctx) throws SSLException {
    ByteBuf out = ctx.alloc().directBuffer(FLIGHT);
    try {
      out.writerIndex(engine.wrap(NOTHING, out.nioBuffer(0, out.capacity())).bytesProduced());
      ctx.write(out.retain());
    } finally {
      out.release();
    }
  }

  private void runTasks() {
    Runnable task = engine.getDelegatedTask();
    while (task != null) {
      task.run();
      task = engine.getDelegatedTask();
    }
  }

  private void succeed(ChannelHandlerContext ctx, Session agreed) {
    over = true;
    ByteBuf early = in;
    in = Unpooled.EMPTY_BUFFER;
    Records records = new Records(engine, agreed);
    // From here on the engine is theirs to release.
    succeeded = true;
    ctx.pipeline().replace(this, Records.class.getName(), records);
    ChannelHandlerContext theirs = ctx.pipeline().context(records);
    theirs.fireUserEventTriggered(SslHandshakeCompletionEvent.SUCCESS);
    if (told != null) {
      told.trySuccess(null);
    }
    ByteBuf ahead = decrypted;
    decrypted = null;
    if (ahead != null) {
      records.passOn(theirs, ahead);
    }
    if (ended) {
      early.release();
      records.end(theirs);
    } else if (early.isReadable()) {
      records.channelRead(theirs, early);
    } else {
      early.release();
    }
  }

  private void fail(ChannelHandlerContext ctx, Throwable cause) {
    if (over) {
      return;
    }
    over = true;
    ctx.fireUserEventTriggered(new SslHandshakeCompletionEvent(cause));
    if (told != null) {
      told.tryFailure(cause);
    }
    ctx.close();
  }

  @Override
  public void tick(long now) {
    ChannelHandlerContext ctx = context;
    if (ctx != null && now >= deadline) {
      fail(
          ctx,
          new SslHandshakeTimeoutException(
              "no handshake within " + within.toSeconds() + " seconds"));
    }
  }

  @Override
  public int slot() {
    return slot;
  }

  @Override
  public void slot(int at) {
    slot = at;
  }

  /// Never in clear.
  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    ReferenceCountUtil.release(message);
    promise.tryFailure(new IllegalStateException("written before the handshake was done"));
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (!ctx.channel().config().isAutoRead()) {
      ctx.read();
    }
    ctx.fireChannelReadComplete();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    fail(ctx, new ClosedChannelException());
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    try {
      Loop.of(ctx.channel().eventLoop()).unwatch(this);
      in.release();
    } finally {
      if (!succeeded) {
        engine.release();
      }
    }
  }
}
