package io.portcullis.proxy.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.message.BodyCursor;
import io.portcullis.proxy.message.BodyFraming;
import io.portcullis.proxy.message.Failure;
import io.portcullis.proxy.message.HeadCollector;
import io.portcullis.proxy.message.Limits;
import io.portcullis.proxy.message.MessageRefused;
import io.portcullis.proxy.message.ParsedResponse;
import io.portcullis.proxy.relay.HalfClose;
import io.portcullis.proxy.relay.Loop;
import io.portcullis.proxy.relay.Reading;
import io.portcullis.proxy.relay.WatchedHandler;
import org.jspecify.annotations.Nullable;

/// One connection to a member: reads responses and hands them to whoever uses it.
///
/// Everything belongs to one event loop, the one of the downstream connection that it was made for. A connection has a sink (in use)
/// or an owner (idle: a private owner, or the loop's cache), or neither for a moment.
public final class UpstreamConnection extends WatchedHandler implements Reading {

  /// The epoch of a connection that carries no client's identity.
  public static final long NOBODY = 0;

  private static final int SWITCHING_PROTOCOLS = 101;

  /// The idle deadline of a connection that is in use, or somebody's for life.
  private static final long BUSY = Long.MAX_VALUE;

  private final Member member;
  private final MemberPool pool;
  private final HeadCollector heads = HeadCollector.ofResponses();
  private final BodyCursor body = new BodyCursor();
  private @Nullable ChannelHandlerContext context;
  private @Nullable Loop loop;
  private @Nullable ResponseSink sink;
  private @Nullable ConnectionOwner owner;
  private long epoch = NOBODY;
  private boolean answersHead;
  private boolean unwrap;
  private boolean headDone;
  private boolean heard;
  private boolean reused;
  private boolean responseDone;
  private boolean switched;
  private boolean persistent = true;
  private boolean reads = true;
  private long idleDeadline = BUSY;

  UpstreamConnection(MemberPool pool, Member member) {
    this.pool = pool;
    this.member = member;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    Loop mine = Loop.of(ctx.channel().eventLoop());
    loop = mine;
    mine.watch(this);
  }

  /// Gone in whatever way, connected or never.
  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    unwatch(loop());
  }

  public Member member() {
    return member;
  }

  public MemberPool pool() {
    return pool;
  }

  public ChannelHandlerContext context() {
    ChannelHandlerContext ctx = context;
    if (ctx == null) {
      throw new IllegalStateException("not in a pipeline");
    }
    return ctx;
  }

  /// Connected, and everything so far ended cleanly.
  public boolean isUsable() {
    return persistent && context().channel().isActive();
  }

  /// A request is about to be written.
  ///
  /// @param unwrapChunks the client speaks HTTP/1.0 and gets chunk data without chunks
  public void begin(ResponseSink user, boolean requestIsHead, boolean unwrapChunks) {
    sink = user;
    answersHead = requestIsHead;
    unwrap = unwrapChunks;
    headDone = false;
    responseDone = false;
    heard = false;
  }

  /// It carried an exchange before.
  public boolean isReused() {
    return reused;
  }

  /// It carried an exchange before, and not a byte has come back for this one.
  public boolean isStale() {
    return reused && !heard;
  }

  /// The exchange is over; the connection is idle until the next [#begin].
  public void release(ConnectionOwner keeper) {
    sink = null;
    owner = keeper;
    reused = true;
  }

  /// The owner keeps the connection even between exchanges and will never share it.
  ///
  /// @param identityEpoch names one client's time on this connection, among all clients of the node
  public void ownForLife(ConnectionOwner keeper, long identityEpoch) {
    owner = keeper;
    epoch = identityEpoch;
  }

  public boolean isOwnedForLife() {
    return epoch != NOBODY;
  }

  /// Whose identity the connection may carry by now.
  public long epoch() {
    return epoch;
  }

  /// Forgets the sink and the owner, and closes.
  public void close() {
    sink = null;
    owner = null;
    persistent = false;
    context().close();
  }

  @Override
  public void reading(boolean on) {
    if (reads != on) {
      reads = on;
      context().channel().config().setAutoRead(on);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    boolean passedOn = false;
    heard = true;
    try {
      while (in.isReadable()) {
        ResponseSink user = sink;
        if (user == null || responseDone) {
          // Bytes nobody asked for: the next response could not be trusted.
          unexpected(user);
          return;
        }
        passedOn = headDone ? readBody(in, user) : readHead(in, user);
        if (passedOn) {
          return;
        }
      }
    } catch (MessageRefused refused) {
      fail(headDone ? Failure.MEMBER_BODY_REFUSED : Failure.MEMBER_HEAD_REFUSED);
    } finally {
      if (!passedOn) {
        in.release();
      }
    }
  }

  /// @return true if `in` itself was passed on
  private boolean readHead(ByteBuf in, ResponseSink user) throws MessageRefused {
    Loop mine = loop();
    int length = heads.collect(in, mine.scratch());
    if (length == 0) {
      return false;
    }
    byte[] bytes = heads.take();
    ParsedResponse head = mine.response();
    head.parse(bytes, length);
    if (head.status() == SWITCHING_PROTOCOLS) {
      switchProtocols(head, user);
      return false;
    }
    if (head.isInterim()) {
      user.interim(head);
      return false;
    }
    headDone = true;
    BodyFraming framing = head.framing(answersHead);
    body.begin(framing, head.contentLength());
    if (unwrap) {
      body.unwrap();
    }
    persistent = head.persistent() && framing != BodyFraming.UNTIL_CLOSE;
    boolean mayStay = bytes == mine.scratch() && in.writableBytes() <= Limits.ROOM_KEPT_BYTES;
    if (user.responseHead(head, mayStay, in.readableBytes())) {
      return passWithBody(in, length, user);
    }
    endIfDone(in, user);
    return false;
  }

  /// The head as it came, and what there is of the body: a small answer goes on in the buffer that it came in.
  ///
  /// @return true if `in` itself was passed on
  private boolean passWithBody(ByteBuf in, int head, ResponseSink user) throws MessageRefused {
    int start = in.readerIndex() - head;
    int some;
    try {
      some = body.take(in);
    } catch (MessageRefused refused) {
      // What was sound is the client's.
      user.responseBody(in.retainedSlice(start, head));
      throw refused;
    }
    return pass(in.readerIndex(start), head + some, user);
  }

  private void switchProtocols(ParsedResponse head, ResponseSink user) {
    ResponseSink tunnel = user.switched(head);
    if (tunnel == null) {
      fail(Failure.MEMBER_HEAD_REFUSED);
      return;
    }
    sink = tunnel;
    headDone = true;
    switched = true;
    persistent = false;
    body.begin(BodyFraming.UNTIL_CLOSE, 0);
    HalfClose.allow(context());
  }

  /// Only a switched connection allows half of it to close.
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    boolean ended =
        event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent;
    ResponseSink user = sink;
    if (ended && switched && user != null && isUntilClose()) {
      responseDone = true;
      user.responseEnd();
    }
    ctx.fireUserEventTriggered(event);
  }

  private boolean isUntilClose() {
    return headDone && !responseDone && body.framing() == BodyFraming.UNTIL_CLOSE;
  }

  /// @return true if `in` itself was passed on
  private boolean readBody(ByteBuf in, ResponseSink user) throws MessageRefused {
    return pass(in, body.take(in), user);
  }

  private boolean pass(ByteBuf in, int some, ResponseSink user) {
    boolean whole = some > 0 && some == in.readableBytes();
    if (whole) {
      user.responseBody(in);
      endIfDone(null, user);
      return true;
    }
    if (some > 0) {
      user.responseBody(in.readRetainedSlice(some));
    }
    endIfDone(in, user);
    return false;
  }

  private void endIfDone(@Nullable ByteBuf in, ResponseSink user) {
    if (!body.isDone() || sink != user) {
      return;
    }
    responseDone = true;
    if (in != null && in.isReadable()) {
      persistent = false;
    }
    user.responseEnd();
  }

  private void unexpected(@Nullable ResponseSink user) {
    persistent = false;
    if (user == null) {
      closedIdle();
      context().close();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ResponseSink user = sink;
    if (user != null) {
      user.responseReadComplete();
    }
    ctx.fireChannelReadComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    ResponseSink user = sink;
    if (user != null && ctx.channel().isWritable()) {
      user.upstreamWritable();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    persistent = false;
    ResponseSink user = sink;
    if (user == null) {
      closedIdle();
    } else if (!switched && isUntilClose()) {
      responseDone = true;
      user.responseEnd();
    } else {
      fail(headDone ? Failure.MEMBER_BODY_CUT : Failure.MEMBER_CLOSED);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A reset, or a TLS record that does not decrypt: close, and channelInactive tells the rest.
    ctx.close();
  }

  private void fail(Failure failure) {
    ResponseSink user = sink;
    close();
    if (user != null) {
      user.upstreamFailed(failure);
    }
  }

  private void closedIdle() {
    ConnectionOwner keeper = owner;
    owner = null;
    if (keeper != null) {
      keeper.idleClosed(this);
    }
  }

  /// Idle in a cache, from now on until `deadline`.
  void idleUntil(long deadline) {
    idleDeadline = deadline;
  }

  /// Taken out of the cache.
  void busy() {
    idleDeadline = BUSY;
  }

  @Override
  public void tick(long now) {
    if (now >= idleDeadline) {
      context().close();
    }
  }

  private Loop loop() {
    Loop mine = loop;
    if (mine == null) {
      throw new IllegalStateException("not in a pipeline");
    }
    return mine;
  }
}
