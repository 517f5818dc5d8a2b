package io.portcullis.proxy.upstream;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.member.MemberTls;
import io.portcullis.proxy.message.Failure;
import io.portcullis.proxy.message.ProxyVersion;
import io.portcullis.proxy.message.SocketOptions;
import io.portcullis.proxy.message.Transport;
import io.portcullis.proxy.secure.Handshake;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLEngine;

/// Makes connections to members, on the event loop of the client they are for.
public final class Connector {

  private Connector() {}

  /// @param client the downstream channel; its event loop and kind of transport are used
  /// @param tls whether to speak TLS, on the member's TLS port
  public static void connect(
      Channel client, MemberPool pool, Member member, boolean tls, ConnectWaiter waiter) {
    InetSocketAddress address = member.socketAddress(tls);
    if (address == null || address.getPort() == 0 || (tls && pool.upstreamTls() == null)) {
      // Not resolved, or not offered: TLS is never replaced by clear text.
      client.eventLoop().execute(() -> waiter.notConnected(Failure.MEMBER_UNREACHABLE));
      return;
    }
    if (!member.openConnection(pool.selection().maxConnections())) {
      client.eventLoop().execute(() -> waiter.notConnected(Failure.MEMBER_FULL));
      return;
    }
    UpstreamConnection connection = new UpstreamConnection(pool, member);
    ChannelFuture connecting =
        new Bootstrap()
            .group(client.eventLoop())
            .channel(Transport.of(socketOf(client)).socket())
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                Math.toIntExact(pool.connectTimeout().toMillis()))
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    SocketOptions.apply(channel);
                    if (pool.tells() != ProxyVersion.OFF) {
                      channel.pipeline().addLast(new Introduction(pool.tells(), client));
                    }
                    if (tls) {
                      SSLEngine engine = MemberTls.newEngine(pool, member, channel.alloc());
                      channel.pipeline().addLast(new Handshake(engine, pool.connectTimeout()));
                    }
                    channel.pipeline().addLast(connection);
                  }
                })
            .connect(address);
    connecting.channel().closeFuture().addListener(_ -> member.connectionClosed());
    connecting.addListener((ChannelFuture done) -> connected(done, connection, waiter));
  }

  /// A stream of HTTP/2 is a channel on the socket of its connection.
  private static Channel socketOf(Channel client) {
    return client instanceof SocketChannel || client.parent() == null ? client : client.parent();
  }

  private static void connected(
      ChannelFuture done, UpstreamConnection connection, ConnectWaiter waiter) {
    if (!done.isSuccess()) {
      waiter.notConnected(
          done.cause() instanceof ConnectTimeoutException
              ? Failure.MEMBER_CONNECT_TIMEOUT
              : Failure.MEMBER_UNREACHABLE);
      return;
    }
    Handshake handshake = done.channel().pipeline().get(Handshake.class);
    if (handshake == null) {
      waiter.connected(connection);
      return;
    }
    handshake
        .done()
        .addListener(shaken -> {
          if (shaken.isSuccess()) {
            waiter.connected(connection);
          } else {
            connection.close();
            waiter.notConnected(
                shaken.cause() instanceof SslHandshakeTimeoutException
                    ? Failure.MEMBER_CONNECT_TIMEOUT
                    : Failure.MEMBER_TLS);
          }
        });
  }
}
