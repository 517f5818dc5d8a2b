package io.portcullis.proxy.listener;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.ThreadFactory;

/// How bytes reach the event loops: epoll with one accepting socket per loop, or NIO where epoll is not available.
public enum Transport {
  EPOLL,
  NIO;

  /// The best this machine offers.
  public static Transport best() {
    return Epoll.isAvailable() ? EPOLL : NIO;
  }

  EventLoopGroup newLoops(int count) {
    ThreadFactory threads = new DefaultThreadFactory("portcullis-loop", false);
    return new MultiThreadIoEventLoopGroup(
        count,
        threads,
        switch (this) {
          case EPOLL -> EpollIoHandler.newFactory();
          case NIO -> NioIoHandler.newFactory();
        });
  }

  boolean acceptsPerLoop() {
    return this == EPOLL;
  }

  Class<? extends Channel> serverChannel() {
    return this == EPOLL ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  void dress(ServerBootstrap bootstrap) {
    switch (this) {
      case EPOLL ->
          bootstrap
              .channel(EpollServerSocketChannel.class)
              .option(UnixChannelOption.SO_REUSEPORT, true);
      case NIO -> bootstrap.channel(NioServerSocketChannel.class);
    }
    bootstrap.option(ChannelOption.SO_REUSEADDR, true);
  }
}
