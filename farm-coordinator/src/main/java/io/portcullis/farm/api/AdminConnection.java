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
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import io.portcullis.farm.api.AdminServer.Answer;
import io.portcullis.farm.api.wire.WireJson;
import io.portcullis.farm.identity.FarmTrust;
import io.portcullis.farm.store.StoreException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One client of the admin API: its requests one after the other, each read whole, answered, and written, in bounded time and memory; every
/// failure is an answer with the way out.
///
/// All fields belong to the event loop. Only [#asked] runs elsewhere, on a virtual thread, and touches none of them.
final class AdminConnection extends SimpleChannelInboundHandler<HttpObject> {
  private static final Logger LOG = LoggerFactory.getLogger(AdminConnection.class);

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

  private final SSLEngine engine;
  private final AdminServer.Routes routes;
  private final Supplier<FarmTrust> trust;
  private final Semaphore room;
  private final ExecutorService threads;
  private final Patience patience;

  private @Nullable Future<?> deadline;
  private @Nullable HttpRequest head;
  private ByteArrayOutputStream body = new ByteArrayOutputStream();

  /// Why this request is not looked at, as soon as that is known; what is left of it is read and thrown away, so that the client sees the
  /// answer.
  private @Nullable Answer refused;

  /// Whether this request came with a certificate.
  private boolean known;

  private boolean hasRoom;
  private boolean working;

  /// @param trust whose certificates count now
  /// @param room for requests at once, of all connections
  AdminConnection(
      SSLEngine engine,
      AdminServer.Routes routes,
      Supplier<FarmTrust> trust,
      Semaphore room,
      ExecutorService threads,
      Patience patience) {
    this.engine = engine;
    this.routes = routes;
    this.trust = trust;
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
    ctx.pipeline().context(SslHandler.class).close();
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
    // Who may send much needs room before it comes, and who may not cannot hold it by sending
    // slowly.
    known = isKnown();
    if (known && !takeRoom()) {
      refused = full();
    }
    if (HttpUtil.is100ContinueExpected(request)) {
      ctx.writeAndFlush(
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
    }
  }

  private boolean isKnown() {
    try {
      return engine.getSession().getPeerCertificates().length > 0;
    } catch (SSLPeerUnverifiedException e) {
      return false;
    }
  }

  private boolean takeRoom() {
    hasRoom = hasRoom || room.tryAcquire();
    return hasRoom;
  }

  private void giveRoom() {
    if (hasRoom) {
      hasRoom = false;
      room.release();
    }
  }

  private static Answer full() {
    return Answer.error(503, "too many requests at once", "try again in a moment");
  }

  private void take(ByteBuf piece) {
    if (refused != null) {
      return;
    }
    int most = known ? AdminRequest.MAX_BODY_BYTES : AdminRequest.MAX_JOIN_BYTES;
    if (body.size() + piece.readableBytes() > most) {
      Refusal tooLarge = AdminRequest.tooLarge(most);
      refused = Answer.error(tooLarge.status(), message(tooLarge), tooLarge.hint());
      body = new ByteArrayOutputStream();
      giveRoom();
      return;
    }
    byte[] bytes = new byte[piece.readableBytes()];
    piece.readBytes(bytes);
    body.writeBytes(bytes);
  }

  /// What cannot be read ends the connection, since nobody knows where the next request begins.
  private void garbled(ChannelHandlerContext ctx, Throwable why) {
    LOG.debug("garbled request from {}", ctx.channel().remoteAddress(), why);
    head = null;
    send(
        ctx,
        Answer.error(400, "this is no HTTP/1.1 request", "use the farmctl of this release"),
        false);
  }

  private void whole(ChannelHandlerContext ctx, HttpRequest request) {
    head = null;
    unlimited();
    ctx.channel().config().setAutoRead(false);
    boolean keep = HttpUtil.isKeepAlive(request);
    if (refused == null && !takeRoom()) {
      refused = full();
    }
    if (refused != null) {
      send(ctx, refused, keep);
      return;
    }
    byte[] bytes = body.toByteArray();
    body = new ByteArrayOutputStream();
    InetAddress from = ((InetSocketAddress) ctx.channel().remoteAddress()).getAddress();
    working = true;
    try {
      threads.execute(() -> work(ctx, request, from, bytes, keep));
    } catch (RejectedExecutionException e) {
      working = false;
      send(ctx, Answer.error(503, "the coordinator stops", "try again in a moment"), false);
    }
  }

  private void work(
      ChannelHandlerContext ctx,
      HttpRequest request,
      InetAddress from,
      byte[] bytes,
      boolean keep) {
    Answer answer = asked(request, from, bytes);
    ctx.executor()
        .execute(() -> {
          working = false;
          send(ctx, answer, keep);
        });
  }

  private Answer asked(HttpRequest request, InetAddress from, byte[] bytes) {
    try {
      return routes.answer(
          AdminRequest.of(
              request.method().name(),
              request.uri(),
              Caller.of(engine.getSession(), trust.get()),
              from,
              new ByteArrayInputStream(bytes)));
    } catch (Refusal e) {
      return Answer.error(e.status(), message(e), e.hint());
    } catch (StoreException e) {
      LOG.warn("store: {}", message(e), e.getCause());
      return storeFailed(e);
    } catch (IOException e) {
      return Answer.error(400, message(e), "use the farmctl of this release");
    } catch (GeneralSecurityException | RuntimeException e) {
      LOG.error("{} {} failed", request.method(), request.uri(), e);
      return Answer.error(500, "the coordinator failed: " + e, "see its log");
    }
  }

  private static Answer storeFailed(StoreException e) {
    return switch (e.kind()) {
      case UNREACHABLE ->
          Answer.error(
              503,
              "the farm's store does not answer: " + message(e),
              "nodes keep serving; check the coordinator's disk and log, then try again");
      case DENIED -> Answer.error(500, message(e), "see the coordinator's log");
      case BAD_DATA, DEPOSED -> Answer.error(500, message(e), "see the coordinator's log");
    };
  }

  private static String message(Exception e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  private void send(ChannelHandlerContext ctx, Answer answer, boolean keep) {
    if (answer.status() >= 400 || !ctx.channel().isActive()) {
      // Its answer is small, and may be taken slowly: others need not wait for that.
      giveRoom();
    }
    byte[] json = answer.body() == null ? new byte[0] : WireJson.write(answer.body());
    DefaultFullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(answer.status()),
            Unpooled.wrappedBuffer(json));
    response.headers().set(HttpHeaderNames.DATE, DATE.format(Instant.now()));
    if (answer.body() != null) {
      response.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
    }
    if (answer.status() != HttpResponseStatus.NO_CONTENT.code()) {
      HttpUtil.setContentLength(response, json.length);
    }
    HttpUtil.setKeepAlive(response, keep);
    within(ctx, patience.answer());
    ctx.writeAndFlush(response)
        .addListener(
            (ChannelFutureListener)
                sent -> {
                  giveRoom();
                  if (sent.isSuccess() && keep) {
                    within(ctx, patience.idle());
                    ctx.channel().config().setAutoRead(true);
                  } else {
                    ctx.close();
                  }
                });
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    unlimited();
    if (!working) {
      giveRoom();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    LOG.debug("the connection from {} broke", ctx.channel().remoteAddress(), cause);
    ctx.close();
  }
}
