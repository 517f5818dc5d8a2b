package io.portcullis.perf.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;

/// One connection to the target: one request at a time, and what became of it. Owned by its event loop.
final class ClientConnection extends ChannelInboundHandlerAdapter {

  /// Learns what became of a request; exactly one of the two is called for each `send`.
  interface Owner {
    void answered(ClientConnection connection, Request request, Answer answer);

    void lost(ClientConnection connection, Request request, Outcome outcome);
  }

  /// Tells whoever counts connections what becomes of this one.
  interface Ended {
    void ended(ClientConnection connection);

    /// Learns what a TLS handshake agreed on, in words.
    void agreed(String what);
  }

  private static final int FILLER_BYTES = 64 * 1024;
  private static final ByteBuf FILLER =
      Unpooled.unreleasableBuffer(
          Unpooled.directBuffer(FILLER_BYTES).writeZero(FILLER_BYTES).asReadOnly());

  private final Ended ended;
  private final AnswerReader reader = new AnswerReader();
  private @Nullable Channel channel;
  private @Nullable Request request;
  private @Nullable Owner owner;
  private final long began = System.currentTimeMillis();
  private boolean ready;
  private boolean resumed;
  private boolean gone;
  private long bodyLeft;
  private long deadline;

  ClientConnection(Ended ended) {
    this.ended = ended;
  }

  /// Follows the attempt to connect.
  ///
  /// @param loop whose everything here is; an attempt for which there was not even a socket fails elsewhere
  void connecting(ChannelFuture attempt, EventExecutor loop) {
    if (attempt.isDone() && !attempt.isSuccess() && !attempt.channel().isRegistered()) {
      loop.execute(() -> {
        fail(Outcome.Lost.CONNECT);
        ended.ended(this);
      });
      return;
    }
    channel = attempt.channel();
    attempt.addListener(done -> {
      if (!done.isSuccess()) {
        fail(Outcome.Lost.CONNECT);
      }
    });
  }

  /// Sends now, or as soon as the connection is up.
  ///
  /// @param deadline when it counts as timed out, on the clock of `System.nanoTime`
  void send(Request request, Owner owner, long deadline) {
    this.request = request;
    this.owner = owner;
    this.deadline = deadline;
    if (gone) {
      fail(Outcome.Lost.CLOSED);
    } else if (ready) {
      write(request);
    }
  }

  boolean isUsable() {
    return !gone;
  }

  /// Whether the handshake took up an earlier session.
  boolean isResumed() {
    return resumed;
  }

  /// Gives up what takes too long; asked a few times a second.
  void sweep(long now) {
    if (request != null && now - deadline > 0) {
      fail(Outcome.Lost.TIMEOUT);
    }
  }

  /// Closes; a request in flight is lost as `outcome`.
  void abandon(Outcome outcome) {
    fail(outcome);
  }

  /// Closes if the target is known to hold the answer back.
  void abandonHeld() {
    Request held = request;
    if (held != null && !held.hold().isZero()) {
      fail(Outcome.Lost.UNFINISHED);
    }
  }

  void close() {
    gone = true;
    Channel open = channel;
    if (open != null) {
      open.close();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    if (context.pipeline().get(SslHandler.class) == null) {
      up();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (handshake.isSuccess()) {
        SslHandler tls = context.pipeline().get(SslHandler.class);
        resumed = ClientTls.resumed(tls, began);
        ended.agreed(ClientTls.agreed(tls));
        up();
      } else {
        fail(Outcome.Lost.TLS);
      }
    }
  }

  private void up() {
    ready = true;
    Request first = request;
    if (first != null && !gone) {
      write(first);
    }
  }

  private void write(Request next) {
    Channel open = channel;
    if (open == null) {
      return;
    }
    reader.begin(next.keepsAnswer());
    bodyLeft = next.bodyBytes();
    int together = (int) Math.min(bodyLeft, FILLER_BYTES);
    ByteBuf first = open.alloc().ioBuffer(next.head().length() + next.text().length() + together);
    ByteBufUtil.writeAscii(first, next.head());
    ByteBufUtil.writeAscii(first, next.text());
    first.writeBytes(FILLER, 0, together);
    bodyLeft -= together;
    open.writeAndFlush(first, open.voidPromise());
    pump(open);
  }

  /// The rest of the body, as fast as the target takes it.
  private void pump(Channel open) {
    while (bodyLeft > 0 && open.isWritable()) {
      int count = (int) Math.min(bodyLeft, FILLER_BYTES);
      bodyLeft -= count;
      open.writeAndFlush(FILLER.retainedSlice(0, count), open.voidPromise());
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    pump(context.channel());
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (message instanceof ByteBuf bytes && bytes.isReadable() && !gone) {
        read(bytes);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void read(ByteBuf bytes) {
    if (request == null) {
      close(); // nobody asked
      return;
    }
    try {
      if (!reader.read(bytes)) {
        return;
      }
    } catch (BadAnswer e) {
      fail(Outcome.Lost.BAD_ANSWER);
      return;
    }
    if (bytes.isReadable()) {
      fail(Outcome.Lost.BAD_ANSWER);
    } else {
      complete();
    }
  }

  private void complete() {
    Request done = request;
    Owner told = owner;
    if (done == null || told == null) {
      return;
    }
    Answer answer = reader.answer();
    request = null;
    owner = null;
    if (!answer.reusable() || bodyLeft > 0) {
      close();
    }
    told.answered(this, done, answer);
  }

  private void fail(Outcome outcome) {
    close();
    Request lost = request;
    Owner told = owner;
    request = null;
    owner = null;
    if (lost != null && told != null) {
      told.lost(this, lost, outcome);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (!gone && request != null && reader.endsWithClose()) {
      complete();
    }
    fail(ready ? Outcome.Lost.CLOSED : Outcome.Lost.TLS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    ended.ended(this);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    fail(ready ? Outcome.Lost.CLOSED : Outcome.Lost.TLS);
  }
}
