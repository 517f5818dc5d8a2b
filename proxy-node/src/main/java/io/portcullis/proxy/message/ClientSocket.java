package io.portcullis.proxy.message;

import io.netty.channel.Channel;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import java.util.Deque;

/// A client's socket: it waits for its turn with what epoll told of it.
final class ClientSocket extends EdgeSocket {

  ClientSocket(EpollIoHandle socket, Channel.Unsafe channel, Deque<EdgeSocket> waiting) {
    super(socket, channel, waiting);
  }

  @Override
  public void handle(IoRegistration from, IoEvent event) {
    enqueue((EpollIoEvent) event);
  }
}
