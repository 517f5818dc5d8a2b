package io.portcullis.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.portcullis.proxy.exchange.Client;
import io.portcullis.proxy.exchange.Exchange;
import io.portcullis.proxy.exchange.Running;
import io.portcullis.proxy.exchange.Session;
import io.portcullis.proxy.message.BodyCursor;
import io.portcullis.proxy.message.BodyFraming;
import io.portcullis.proxy.message.HeadCollector;
import io.portcullis.proxy.message.Limits;
import io.portcullis.proxy.message.MessageRefused;
import io.portcullis.proxy.message.ParsedRequest;
import io.portcullis.proxy.relay.HalfClose;
import io.portcullis.proxy.relay.Loop;
import io.portcullis.proxy.relay.WatchedHandler;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// One client connection: reads requests one at a time and runs an exchange for each, in order.
///
/// ```
/// HEAD ──head complete──▶ BODY ──last byte──▶ ANSWER ──exchange ended──▶ HEAD
///   │                       │                    │
///   └──── refused, or the connection is not kept ┼──▶ LINGER ──▶ closed
///                    TUNNEL ◀──protocols switched──┘      ▲
///                       └──────both directions ended──────┘
/// ```
///
/// Everything belongs to the connection's event loop. Bytes that arrive for the next request while one is being answered wait in
/// `early`; reading goes on meanwhile, up to a bound, because that is how a client's abort is seen.
final class DownstreamConnection extends WatchedHandler implements Client, Drainable {

  /// What is known from the moment of connecting.
  private record Place(ChannelHandlerContext context, Loop loop, Session session) {}

  private final Door door;
  private final BodyPace pace;
  private final HeadCollector heads;
  private final BodyCursor body = new BodyCursor();
  private final EarlyBytes early = new EarlyBytes();
  private @Nullable Place place;
  private @Nullable Running running;
  private State state = State.HEAD;
  private boolean served;
  private boolean headBegan;
  private boolean last;
  private boolean exchangeReads = true;
  private long lingered;
  private long deadline;

  DownstreamConnection(Door door) {
    this.door = door;
    this.heads = HeadCollector.ofRequests(door.exchanges().headRoom());
    this.pace = new BodyPace(door.patience().bodyPace());
  }

  @Override
  public String listener() {
    return door.listener();
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    Loop mine = Loop.of(ctx.channel().eventLoop());
    place =
        new Place(
            ctx, mine, door.exchanges().open(this, ctx.channel(), door.listener(), door.tls()));
    Duration head = door.patience().requestHead();
    deadline(door.tls() ? Limits.TLS_HANDSHAKE.plus(head) : head);
    mine.watch(this);
    last = door.stopping().getAsBoolean();
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
              case HEAD -> mayBegin() ? readHead(in) : keepForLater(in);
              case BODY -> readBody(in);
              case ANSWER -> keepForLater(in);
              case TUNNEL -> relay(in);
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

  /// A client that does not take its answers is served no further: each would wait in our memory.
  private boolean mayBegin() {
    return early.isEmpty() && context().channel().isWritable();
  }

  private boolean readHead(ByteBuf in) throws MessageRefused {
    Loop mine = place().loop();
    int length = heads.collect(in, mine.scratch());
    if (length == 0) {
      if (!headBegan) {
        headBegan = true;
        place().session().headBegan();
        deadline(door.patience().requestHead());
      }
      return false;
    }
    headBegan = false;
    ParsedRequest head = mine.request();
    head.parse(heads.take(), length);
    BodyFraming framing = head.framing();
    body.begin(framing, head.contentLength());
    boolean bodyFollows = !body.isDone();
    state = bodyFollows ? State.BODY : State.ANSWER;
    if (bodyFollows) {
      pace.begin(mine, head.expectContinue());
    }
    Exchange begun = place().session().begin(head, bodyFollows);
    running = begun;
    served = true;
    begun.run(head);
    return false;
  }

  private boolean readBody(ByteBuf in) throws MessageRefused {
    int some = body.take(in);
    boolean done = body.isDone();
    pace.took(some);
    boolean whole = some == in.readableBytes();
    ByteBuf part = whole ? in : in.readRetainedSlice(some);
    if (done) {
      state = State.ANSWER;
    }
    Running busy = running;
    if (busy == null) {
      part.release();
    } else {
      busy.requestBody(part);
      if (done) {
        busy.requestEnd();
      }
    }
    return whole;
  }

  private boolean keepForLater(ByteBuf in) {
    early.add(context().alloc(), in);
    applyReading();
    return true;
  }

  private boolean relay(ByteBuf in) {
    Running tunnel = running;
    if (tunnel == null) {
      return discard(in);
    }
    tunnel.requestBody(in);
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
    Running busy = running;
    if (busy != null) {
      // In a body: the exchange answers, or breaks off, and ends.
      busy.requestRefused();
      return;
    }
    lastWords(place().session().refuse(refused.refusal()));
  }

  private void lastWords(ByteBuf page) {
    state = State.LINGER;
    deadline(Limits.LINGER_TIME);
    context().write(page);
    HalfClose.say(context());
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    Running busy = running;
    if (busy != null) {
      busy.requestReadComplete();
    }
    ctx.fireChannelReadComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    Running busy = running;
    boolean takes = ctx.channel().isWritable();
    if (takes && busy != null) {
      busy.clientWritable();
    } else if (takes && state == State.HEAD) {
      takeEarly();
    }
  }

  @Override
  public void switched(Running tunnel) {
    running = tunnel;
    state = State.TUNNEL;
    HalfClose.allow(context());
    takeEarly();
  }

  /// Only a tunnel allows half of the connection to close.
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    boolean ended =
        event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent;
    Running busy = running;
    if (ended && busy != null && state == State.TUNNEL) {
      busy.requestEnd();
    } else if (event instanceof ChannelInputShutdownEvent) {
      ctx.close();
    } else if (ended) {
      early.release();
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void ended(boolean keep) {
    running = null;
    if (state == State.LINGER) {
      return;
    }
    if (!keep || last) {
      closeGently();
      return;
    }
    state = State.HEAD;
    exchangeReads = true;
    deadline(Limits.KEEP_ALIVE);
    takeEarly();
  }

  /// What came ahead of its turn has its turn now.
  private void takeEarly() {
    ByteBuf waiting = early.take();
    applyReading();
    if (waiting != null) {
      consume(waiting);
      Running next = running;
      if (next != null) {
        next.requestReadComplete();
      }
    }
  }

  private void linger() {
    deadline(Limits.LINGER_TIME);
    reading(true);
  }

  @Override
  public void privateClosed() {
    last = true;
    if (running == null) {
      closeGently();
    }
  }

  /// Closes when all that was written has left; bytes of the client that nobody will read would turn the close into a reset that
  /// overtakes the response, so they are taken for a moment.
  private void closeGently() {
    boolean unread = state == State.BODY || !early.isEmpty();
    state = State.LINGER;
    early.release();
    reading(!unread);
    deadline(Limits.KEEP_ALIVE);
    if (unread) {
      HalfClose.say(context(), this::linger);
    } else {
      context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public void aborted() {
    running = null;
    state = State.LINGER;
    early.release();
    context().close();
  }

  /// The node stops, or the listener goes: nothing new begins here.
  @Override
  public void drain() {
    last = true;
    if (!served) {
      // Nothing was asked, perhaps not even a handshake is done: nothing is owed.
      context().close();
    } else if (state == State.HEAD && !headBegan) {
      closeGently();
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
    context().channel().config().setAutoRead(exchangeReads && early.hasRoom());
  }

  @Override
  public void deadline(Duration in) {
    deadline = place().loop().deadline(in);
  }

  @Override
  public void tick(long now) {
    place().session().tick(now);
    boolean drips = state == State.BODY && pace.isTooSlow(place().loop(), exchangeReads);
    if (now < deadline && !drips) {
      return;
    }
    Running busy = running;
    if (busy != null) {
      busy.timedOut();
    } else if (state == State.HEAD && headBegan) {
      lastWords(place().session().headTimedOut());
    } else {
      aborted();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    Place mine = place;
    if (mine == null) {
      return;
    }
    state = State.LINGER;
    Running busy = running;
    running = null;
    if (busy != null) {
      busy.clientGone();
    }
    mine.session().close();
    heads.drop();
    early.release();
    unwatch(place().loop());
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A reset by the client, or a TLS record that does not decrypt: nobody is there to be told.
    early.release();
    ctx.close();
  }

  @Override
  public ChannelHandlerContext context() {
    return place().context();
  }

  private Place place() {
    Place mine = place;
    if (mine == null) {
      throw new IllegalStateException("not connected");
    }
    return mine;
  }
}
