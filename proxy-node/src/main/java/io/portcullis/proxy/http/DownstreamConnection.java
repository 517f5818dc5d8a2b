package io.portcullis.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.portcullis.proxy.exchange.Client;
import io.portcullis.proxy.exchange.Exchange;
import io.portcullis.proxy.exchange.Exchanges;
import io.portcullis.proxy.exchange.Session;
import io.portcullis.proxy.message.BodyCursor;
import io.portcullis.proxy.message.BodyFraming;
import io.portcullis.proxy.message.HeadCollector;
import io.portcullis.proxy.message.Limits;
import io.portcullis.proxy.message.MessageRefused;
import io.portcullis.proxy.message.ParsedRequest;
import io.portcullis.proxy.relay.Loop;
import io.portcullis.proxy.relay.Watched;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// One client connection: reads requests one at a time and runs an exchange for each, in order.
///
/// ```
/// HEAD ──head complete──▶ BODY ──last byte──▶ ANSWER ──exchange ended──▶ HEAD
///   │                       │                    │
///   └──── refused, or the connection is not kept ┴──▶ LINGER ──▶ closed
/// ```
///
/// Everything belongs to the connection's event loop. Bytes that arrive for the next request while one is being answered wait in
/// `early`; reading goes on meanwhile, up to a bound, because that is how a client's abort is seen.
final class DownstreamConnection extends ChannelInboundHandlerAdapter implements Client, Watched {

  private enum State {
    HEAD,
    BODY,
    ANSWER,
    LINGER
  }

  private static final int NOT_WATCHED = Integer.MAX_VALUE;

  private final Exchanges exchanges;
  private final BooleanSupplier stopping;
  private final String listener;
  private final boolean tls;
  private final HeadCollector heads = HeadCollector.ofRequests();
  private final BodyCursor body = new BodyCursor();
  private @Nullable ChannelHandlerContext context;
  private @Nullable Loop loop;
  private @Nullable Session session;
  private @Nullable Exchange exchange;
  private @Nullable ByteBuf early;
  private State state = State.HEAD;
  private boolean served;
  private boolean headBegan;
  private boolean last;
  private boolean exchangeReads = true;
  private long lingered;
  private long deadline;
  private int slot = NOT_WATCHED;

  DownstreamConnection(
      Exchanges exchanges, BooleanSupplier stopping, String listener, boolean tls) {
    this.exchanges = exchanges;
    this.stopping = stopping;
    this.listener = listener;
    this.tls = tls;
  }

  String listener() {
    return listener;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    context = ctx;
    Loop mine = Loop.of(ctx.channel().eventLoop());
    loop = mine;
    session = exchanges.open(this, ctx.channel(), listener, tls);
    deadline(tls ? Limits.TLS_HANDSHAKE.plus(Limits.REQUEST_HEAD) : Limits.REQUEST_HEAD);
    mine.watch(this);
    last = stopping.getAsBoolean();
    ctx.fireChannelActive();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    consume((ByteBuf) message);
  }

  /// Ownership of `in` passes.
  private void consume(ByteBuf in) {
    boolean passedOn = false;
    try {
      while (!passedOn && in.isReadable()) {
        passedOn =
            switch (state) {
              case HEAD -> readHead(in);
              case BODY -> readBody(in);
              case ANSWER -> keepForLater(in);
              case LINGER -> discard(in);
            };
      }
    } catch (MessageRefused refused) {
      refuse(refused);
    } finally {
      if (!passedOn) {
        in.release();
      }
    }
  }

  private boolean readHead(ByteBuf in) throws MessageRefused {
    Loop mine = loop();
    int length = heads.collect(in, mine.scratch());
    if (length == 0) {
      if (!headBegan) {
        headBegan = true;
        session().headBegan();
        deadline(Limits.REQUEST_HEAD);
      }
      return false;
    }
    headBegan = false;
    ParsedRequest head = mine.request();
    head.parse(heads.bytes(), length);
    BodyFraming framing = head.framing();
    body.begin(framing, head.contentLength());
    boolean bodyFollows = !body.isDone();
    state = bodyFollows ? State.BODY : State.ANSWER;
    Exchange begun = session().begin(head, bodyFollows);
    exchange = begun;
    served = true;
    begun.run(head);
    return false;
  }

  private boolean readBody(ByteBuf in) throws MessageRefused {
    int some = body.take(in);
    boolean done = body.isDone();
    boolean whole = some == in.readableBytes();
    ByteBuf part = whole ? in : in.readRetainedSlice(some);
    if (done) {
      state = State.ANSWER;
    }
    Exchange running = exchange;
    if (running == null) {
      part.release();
    } else {
      running.requestBody(part);
      if (done) {
        running.requestEnd();
      }
    }
    return whole;
  }

  private boolean keepForLater(ByteBuf in) {
    ByteBuf before = early;
    if (before == null) {
      early = in;
    } else {
      early = context().alloc().buffer(before.readableBytes() + in.readableBytes());
      early.writeBytes(before).writeBytes(in);
      before.release();
      in.release();
    }
    applyReading();
    return true;
  }

  private boolean discard(ByteBuf in) {
    lingered += in.readableBytes();
    in.skipBytes(in.readableBytes());
    if (lingered > Limits.DRAIN_BYTES) {
      context().close();
    }
    return false;
  }

  private void refuse(MessageRefused refused) {
    Exchange running = exchange;
    if (running != null) {
      // In a body: the exchange answers, or breaks off, and ends.
      running.requestRefused();
      return;
    }
    lastWords(session().refuse(refused.refusal()));
  }

  private void lastWords(ByteBuf page) {
    state = State.LINGER;
    deadline(Limits.LINGER_TIME);
    context().writeAndFlush(page);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    Exchange running = exchange;
    if (running != null) {
      running.requestReadComplete();
    }
    ctx.fireChannelReadComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    Exchange running = exchange;
    if (running != null && ctx.channel().isWritable()) {
      running.clientWritable();
    }
  }

  @Override
  public void ended(boolean keep) {
    exchange = null;
    if (state == State.LINGER) {
      return;
    }
    boolean unread = state == State.BODY || early != null;
    if (!keep || last) {
      closeGently(unread);
      return;
    }
    state = State.HEAD;
    exchangeReads = true;
    deadline(Limits.KEEP_ALIVE);
    ByteBuf waiting = early;
    early = null;
    applyReading();
    if (waiting != null) {
      consume(waiting);
      Exchange next = exchange;
      if (next != null) {
        next.requestReadComplete();
      }
    }
  }

  @Override
  public void privateClosed() {
    last = true;
    if (exchange == null) {
      closeGently(false);
    }
  }

  /// Closes when all that was written has left; bytes of the client that nobody will read would turn the close into a reset that
  /// overtakes the response, so they are taken for a moment.
  private void closeGently(boolean unread) {
    state = State.LINGER;
    releaseEarly();
    exchangeReads = true;
    applyReading();
    if (unread) {
      deadline(Limits.LINGER_TIME);
      context().flush();
    } else {
      deadline(Limits.KEEP_ALIVE);
      context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public void aborted() {
    exchange = null;
    state = State.LINGER;
    context().close();
  }

  /// The node stops, or the listener goes: nothing new begins here.
  void drain() {
    last = true;
    if (!served) {
      // Nothing was asked, perhaps not even a handshake is done: nothing is owed.
      context().close();
    } else if (state == State.HEAD && !headBegan) {
      closeGently(false);
    }
  }

  @Override
  public boolean isLast() {
    return last;
  }

  @Override
  public void reading(boolean on) {
    exchangeReads = on;
    applyReading();
  }

  private void applyReading() {
    ByteBuf waiting = early;
    boolean room = waiting == null || waiting.readableBytes() < Limits.PIPELINED_BYTES;
    context().channel().config().setAutoRead(exchangeReads && room);
  }

  @Override
  public void deadline(Duration in) {
    deadline = loop().deadline(in);
  }

  @Override
  public void tick(long now) {
    if (now < deadline) {
      return;
    }
    Exchange running = exchange;
    if (running != null) {
      running.timedOut();
    } else if (state == State.HEAD && headBegan) {
      lastWords(session().headTimedOut());
    } else {
      context().close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    Session mine = session;
    if (mine == null) {
      return;
    }
    state = State.LINGER;
    Exchange running = exchange;
    exchange = null;
    if (running != null) {
      running.clientGone();
    }
    mine.close();
    releaseEarly();
    loop().unwatch(this);
  }

  private void releaseEarly() {
    ByteBuf waiting = early;
    if (waiting != null) {
      early = null;
      waiting.release();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A reset by the client, or a TLS record that does not decrypt: nobody is there to be told.
    ctx.close();
  }

  @Override
  public int slot() {
    return slot;
  }

  @Override
  public void slot(int at) {
    slot = at;
  }

  @Override
  public ChannelHandlerContext context() {
    ChannelHandlerContext ctx = context;
    if (ctx == null) {
      throw new IllegalStateException("not connected");
    }
    return ctx;
  }

  private Loop loop() {
    Loop mine = loop;
    if (mine == null) {
      throw new IllegalStateException("not connected");
    }
    return mine;
  }

  private Session session() {
    Session mine = session;
    if (mine == null) {
      throw new IllegalStateException("not connected");
    }
    return mine;
  }
}
