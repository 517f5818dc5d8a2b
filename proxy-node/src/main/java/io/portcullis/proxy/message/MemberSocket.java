package io.portcullis.proxy.message;

import io.netty.channel.Channel;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import java.util.Deque;

/// A socket that was not accepted, a member's as a rule: it is handled at once, unless it waits to be read further.
final class MemberSocket extends EdgeSocket {

  MemberSocket(EpollIoHandle socket, Channel.Unsafe channel, Deque<EdgeSocket> unread) {
    super(socket, channel, unread);
  }

  @Override
  public void handle(IoRegistration from, IoEvent event) {
    if (waits()) {
      enqueue((EpollIoEvent) event);
    } else {
      take((EpollIoEvent) event);
    }
  }
}
