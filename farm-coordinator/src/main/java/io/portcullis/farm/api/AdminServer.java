package io.portcullis.farm.api;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.identity.FarmTrust;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.identity.Role;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/// The admin API's doorway: TLS 1.3 with a wanted client certificate, and bounded connections. One event loop moves bytes and never
/// waits for anybody; what an [AdminConnection] has read whole is answered by [AdminRoutes] on a virtual thread.
///
/// Not the JDK's server: that one closes connections, and so waits for a client that does not read, on the thread that takes everybody's
/// requests; and it looks each client's name up before it speaks.
public final class AdminServer implements AutoCloseable {
  private static final int MAX_CONNECTIONS = 512;
  private static final int BACKLOG = 64;
  private static final int MAX_PIPELINED = 16;

  /// Taken from one client before it is another's turn.
  private static final int TURN_BYTES = 8 << 10;

  private static final HttpDecoderConfig HEADS =
      new HttpDecoderConfig()
          .setMaxInitialLineLength(8 << 10)
          .setMaxHeaderSize(16 << 10)
          .setMaxChunkSize(TURN_BYTES);

  /// The first of a cold JVM, on both sides perhaps.
  private static final Duration HANDSHAKE = Duration.ofSeconds(60);

  /// For TLS's last word to a client that may not read.
  private static final Duration FAREWELL = Duration.ofMillis(500);

  /// What may still run when the coordinator stops.
  private static final Duration STOP = Duration.ofSeconds(1);

  private final EventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("admin api", true), NioIoHandler.newFactory());
  private final ChannelGroup open = new DefaultChannelGroup(loop.next());
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Room room = new Room();
  private final Answerer answerer;
  private final AdminConnection.Patience patience;
  private volatile SSLContext tls;
  private volatile FarmTrust trust;
  private int port;

  private AdminServer(
      Routes routes, AdminConnection.Patience patience, SSLContext tls, FarmTrust trust) {
    answerer = new Answerer(routes, () -> this.trust);
    this.patience = patience;
    this.tls = tls;
    this.trust = trust;
  }

  private static SSLContext context(IdentityFile identity)
      throws GeneralSecurityException, IOException {
    return identity.sslContext(
        Arrays.stream(Role.values()).map(Role::word).collect(Collectors.toSet()));
  }

  /// Shows and trusts what `identity` says from now on: for new connections, and for each further request on those that are open.
  public void use(IdentityFile identity) throws GeneralSecurityException, IOException {
    tls = context(identity);
    trust = identity.trust();
  }

  /// @throws IOException if the address cannot be bound
  public static AdminServer start(InetSocketAddress bind, IdentityFile identity, AdminRoutes routes)
      throws IOException, GeneralSecurityException {
    return start(bind, identity, routes::answer, AdminConnection.Patience.USUAL);
  }

  static AdminServer start(
      InetSocketAddress bind,
      IdentityFile identity,
      Routes routes,
      AdminConnection.Patience patience)
      throws IOException, GeneralSecurityException {
    AdminServer server = new AdminServer(routes, patience, context(identity), identity.trust());
    try {
      server.bind(bind);
    } catch (IOException e) {
      server.close();
      throw e;
    }
    return server;
  }

  private void bind(InetSocketAddress address) throws IOException {
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(
                ChannelOption.RECVBUF_ALLOCATOR,
                new FixedRecvByteBufAllocator(TURN_BYTES).maxMessagesPerRead(1))
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel client) {
                    admit(client);
                  }
                })
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(bound.cause().getMessage(), bound.cause());
    }
    open.add(bound.channel());
    port = ((InetSocketAddress) bound.channel().localAddress()).getPort();
  }

  private void admit(Channel client) {
    if (open.size() > MAX_CONNECTIONS) { // the listening one counts
      client.close();
      return;
    }
    open.add(client);
    SslHandler shaking = new SslHandler(engine(), false, threads);
    shaking.setHandshakeTimeoutMillis(HANDSHAKE.toMillis());
    shaking.setCloseNotifyFlushTimeoutMillis(FAREWELL.toMillis());
    client
        .pipeline()
        .addLast(shaking)
        .addLast(new HttpServerCodec(HEADS, MAX_PIPELINED))
        .addLast(new FlowControlHandler()) // pipelined requests wait in it
        .addLast(
            new AdminConnection(
                ((InetSocketAddress) client.remoteAddress()).getAddress(),
                shaking.engine(),
                answerer,
                room,
                threads,
                patience));
  }

  private SSLEngine engine() {
    SSLEngine engine = tls.createSSLEngine();
    engine.setUseClientMode(false);
    SSLParameters wanted = engine.getSSLParameters();
    wanted.setProtocols(new String[] {"TLSv1.3"});
    wanted.setWantClientAuth(true);
    engine.setSSLParameters(wanted);
    return engine;
  }

  public int port() {
    return port;
  }

  @Override
  public void close() {
    boolean interrupted = false;
    try {
      room.awaitEmpty(STOP);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    threads.shutdownNow();
    // Before the loop ends: Netty's closes nothing if it is told in the midst of its tasks.
    open.close().awaitUninterruptibly(STOP.toMillis());
    loop.shutdownGracefully(0, STOP.toMillis(), TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(2 * STOP.toMillis());
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// What is behind the door.
  interface Routes {
    Answer answer(AdminRequest request) throws Refusal, IOException, GeneralSecurityException;
  }

  /// @param body a wire record, or null for none
  record Answer(int status, @org.jspecify.annotations.Nullable Object body) {
    /// There is nothing to say about it.
    static final Answer DONE = new Answer(204, null);

    static Answer ok(Object body) {
      return new Answer(200, body);
    }

    static Answer error(int status, String message, String hint) {
      return new Answer(status, new Wire.ErrorResponse(message, hint));
    }
  }
}
