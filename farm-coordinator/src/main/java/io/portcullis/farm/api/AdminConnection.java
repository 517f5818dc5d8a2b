package io.portcullis.farm.api;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import io.portcullis.farm.api.Answerer.Question;
import io.portcullis.farm.api.Answerer.Reply;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One client of the admin API: its requests one after the other, each read whole, answered by an [Answerer], and written, in bounded time
/// and memory.
///
/// All fields belong to the event loop. Only the answerer runs elsewhere, on a virtual thread, and touches none of them.
final class AdminConnection extends SimpleChannelInboundHandler<HttpObject> {
  private static final Logger LOG = LoggerFactory.getLogger(AdminConnection.class);

  private static final byte[] NOTHING = {};

  /// RFC 9110 §5.6.7.
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  /// How long a client is waited for; what the coordinator itself takes for an answer has limits of its own.
  ///
  /// @param idle from the handshake, or the last answer, to the head of a request; Java's HTTP client keeps an idle connection for 30 s, and
  ///     should be the first to let go
  /// @param request from its head to its end: a large document over a slow line
  /// @param answer until it is taken
  record Patience(Duration idle, Duration request, Duration answer) {
    static final Patience USUAL =
        new Patience(Duration.ofSeconds(60), Duration.ofSeconds(120), Duration.ofSeconds(120));
  }

  private final InetAddress from;
  private final SSLEngine engine;
  private final Answerer answerer;
  private final Room room;
  private final ExecutorService threads;
  private final Patience patience;

  private @Nullable Future<?> deadline;
  private @Nullable HttpRequest head;
  private ByteArrayOutputStream body = new ByteArrayOutputStream();

  /// Why this request is not looked at, as soon as that is known; what is left of it is read and thrown away, so that the client sees the
  /// answer.
  private @Nullable Reply refused;

  /// Who sends more than anybody may.
  private @Nullable String largeOf;

  private boolean hasRoom;
  private boolean working;
  private boolean sending;

  AdminConnection(
      InetAddress from,
      SSLEngine engine,
      Answerer answerer,
      Room room,
      ExecutorService threads,
      Patience patience) {
    this.from = from;
    this.engine = engine;
    this.answerer = answerer;
    this.room = room;
    this.threads = threads;
    this.patience = patience;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent shaken) {
      if (shaken.isSuccess()) {
        within(ctx, patience.idle());
      } else {
        LOG.debug("no TLS with {}", ctx.channel().remoteAddress(), shaken.cause());
      }
    }
  }

  /// The client has that long for what is waited for now.
  private void within(ChannelHandlerContext ctx, Duration time) {
    unlimited();
    deadline =
        ctx.executor()
            .schedule(
                () -> {
                  LOG.debug("{} takes too long", ctx.channel().remoteAddress());
                  abandon(ctx);
                },
                time.toMillis(),
                TimeUnit.MILLISECONDS);
  }

  private void unlimited() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }

  /// Without TLS's farewell, which would have to wait behind what the client does not take.
  private static void abandon(ChannelHandlerContext ctx) {
    ChannelHandlerContext tls = ctx.pipeline().context(SslHandler.class);
    if (tls != null) { // still open
      tls.close();
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
    if (message.decoderResult().isFailure()) {
      garbled(ctx, message.decoderResult().cause());
      return;
    }
    if (message instanceof HttpRequest request) {
      begin(ctx, request);
    }
    if (message instanceof HttpContent content && head != null) {
      take(content.content());
      if (message instanceof LastHttpContent) {
        whole(ctx, head);
      }
    }
  }

  private void begin(ChannelHandlerContext ctx, HttpRequest request) {
    within(ctx, patience.request());
    head = request;
    body = new ByteArrayOutputStream();
    refused = null;
    if (HttpUtil.is100ContinueExpected(request)) {
      ctx.writeAndFlush(
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
    }
  }

  private void take(ByteBuf piece) {
    if (refused != null) {
      return;
    }
    int size = body.size() + piece.readableBytes();
    if (size > AdminRequest.MAX_JOIN_BYTES && largeOf == null) {
      refused = large();
    }
    if (size > AdminRequest.MAX_BODY_BYTES) {
      refused = Reply.of(AdminRequest.tooLarge(AdminRequest.MAX_BODY_BYTES));
    }
    if (refused != null) {
      body = new ByteArrayOutputStream();
      leave();
      return;
    }
    byte[] bytes = new byte[piece.readableBytes()];
    piece.readBytes(bytes);
    body.writeBytes(bytes);
  }

  /// @return why not
  private @Nullable Reply large() {
    try {
      Caller caller = answerer.caller(engine.getSession()).orElse(null);
      if (caller == null || !Access.OPERATOR.admits(caller.role())) {
        return Reply.of(AdminRequest.tooLarge(AdminRequest.MAX_JOIN_BYTES));
      }
      String identity = caller.role().word() + "/" + caller.id();
      if (!room.takeLarge(identity)) {
        return full();
      }
      largeOf = identity;
      return null;
    } catch (Refusal e) {
      return Reply.of(e);
    }
  }

  private static Reply full() {
    return Reply.error(503, "too many requests at once", "try again in a moment");
  }

  private void leave() {
    if (hasRoom) {
      hasRoom = false;
      room.give();
    }
    if (largeOf != null) {
      room.giveLarge(largeOf);
      largeOf = null;
    }
  }

  /// What cannot be read ends the connection, since nobody knows where the next request begins.
  private void garbled(ChannelHandlerContext ctx, Throwable why) {
    LOG.debug("garbled request from {}", ctx.channel().remoteAddress(), why);
    head = null;
    body = new ByteArrayOutputStream();
    leave();
    int status =
        switch (why) {
          case TooLongHttpLineException _ -> 414;
          case TooLongHttpHeaderException _ -> 431;
          default -> 400;
        };
    send(
        ctx,
        HttpVersion.HTTP_1_1,
        Reply.error(
            status, "this is no request of the admin API", "use the farmctl of this release"),
        false);
  }

  private void whole(ChannelHandlerContext ctx, HttpRequest request) {
    head = null;
    unlimited();
    ctx.channel().config().setAutoRead(false);
    boolean keep = HttpUtil.isKeepAlive(request);
    HttpVersion version = request.protocolVersion();
    if (refused == null) {
      hasRoom = room.take();
      refused = hasRoom ? null : full();
    }
    if (refused != null) {
      body = new ByteArrayOutputStream();
      send(ctx, version, refused, keep);
      return;
    }
    Question question =
        new Question(
            request.method().name(),
            request.uri(),
            engine.getSession(),
            from,
            new ByteArrayInputStream(body.toByteArray()));
    body = new ByteArrayOutputStream();
    working = true;
    try {
      threads.execute(() -> work(ctx, version, question, keep));
    } catch (RejectedExecutionException e) {
      working = false;
      send(ctx, version, Reply.error(503, "the coordinator stops", "try again in a moment"), false);
    }
  }

  private void work(
      ChannelHandlerContext ctx, HttpVersion version, Question question, boolean keep) {
    Reply reply = answerer.reply(question);
    try {
      ctx.executor()
          .execute(() -> {
            working = false;
            send(ctx, version, reply, keep);
          });
    } catch (RejectedExecutionException e) {
      LOG.debug("the server ended before the answer to {} was ready", question.from(), e);
    }
  }

  private void send(ChannelHandlerContext ctx, HttpVersion version, Reply reply, boolean keep) {
    if (!ctx.channel().isActive()) {
      leave();
      return;
    }
    if (reply.status() >= 400) {
      // Its answer is small, and may be taken slowly: others need not wait for that.
      leave();
    }
    DefaultFullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(reply.status()),
            Unpooled.wrappedBuffer(reply.json().orElse(NOTHING)));
    response.headers().set(HttpHeaderNames.DATE, DATE.format(Instant.now()));
    if (reply.json().isPresent()) {
      response.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
    }
    if (reply.status() != HttpResponseStatus.NO_CONTENT.code()) {
      HttpUtil.setContentLength(response, response.content().readableBytes());
    }
    HttpUtil.setKeepAlive(response.headers(), version, keep);
    sending = true;
    within(ctx, patience.answer());
    ctx.writeAndFlush(response)
        .addListener((ChannelFutureListener) sent -> sent(ctx, sent.isSuccess() && keep));
  }

  private void sent(ChannelHandlerContext ctx, boolean goesOn) {
    sending = false;
    leave();
    if (goesOn) {
      within(ctx, patience.idle());
      ctx.channel().config().setAutoRead(true);
    } else {
      ctx.close();
    }
  }

  /// TLS answers its client's key updates (RFC 8446 §4.6.3) by itself; who asks for them and reads no answer would fill the memory.
  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (!ctx.channel().isWritable() && !sending) {
      LOG.debug("{} reads nothing", ctx.channel().remoteAddress());
      abandon(ctx);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    unlimited();
    if (!working) {
      leave();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    LOG.debug("the connection from {} broke", ctx.channel().remoteAddress(), cause);
    ctx.close();
  }
}
