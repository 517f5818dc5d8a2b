package io.portcullis.proxy.message;

import io.netty.channel.Channel;
import io.netty.channel.IoEvent;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A client's socket between epoll and Netty: it waits for its turn with what epoll told of it.
///
/// It is registered edge-triggered (epoll(7)), so that epoll does not tell the same again in each turn it waits. Netty expects the other kind and stops
/// reading after some messages: a read that filled its buffer may have left bytes that epoll tells nobody of, and takes another turn.
final class ClientSocket extends GuardedSocket implements IoRegistration {
  private static final EpollIoEvent READABLE = new Event(EpollIoOps.EPOLLIN);

  private final Channel.Unsafe channel;
  private final Deque<ClientSocket> waiting;
  private @Nullable IoRegistration registration;
  private EpollIoOps interest = EpollIoOps.NONE;
  private @Nullable EpollIoEvent event;

  private record Event(EpollIoOps ops) implements EpollIoEvent {}

  /// @param channel the same object as the socket
  /// @param waiting those whose turn comes
  ClientSocket(EpollIoHandle socket, Channel.Unsafe channel, Deque<ClientSocket> waiting) {
    super(socket);
    this.channel = channel;
    this.waiting = waiting;
  }

  void registeredAs(IoRegistration registration) {
    this.registration = registration;
  }

  @Override
  public void handle(IoRegistration from, IoEvent event) {
    enqueue((EpollIoEvent) event);
  }

  private void enqueue(EpollIoEvent more) {
    EpollIoEvent before = event;
    if (before == null) {
      event = more;
      waiting.addLast(this);
      return;
    }
    // EpollIoOps.with adds nothing to one that overlaps.
    int all = before.ops().value() | more.ops().value();
    if (all != before.ops().value()) {
      event = new Event(EpollIoOps.valueOf(all));
    }
  }

  /// Only called when enqueued.
  void takeTurn() {
    EpollIoEvent now = event;
    event = null;
    if (now == null || !isValid()) {
      return;
    }
    if (now.ops().contains(EpollIoOps.EPOLLIN) && !reads()) {
      // Reading stopped while it waited; epoll tells again when it goes on.
      now = new Event(now.ops().without(EpollIoOps.EPOLLIN));
    }
    super.handle(this, now);
    if (wasRead(now) && isValid() && reads() && mayHaveLeftBytes()) {
      enqueue(READABLE);
    }
  }

  private static boolean wasRead(EpollIoEvent event) {
    return event.ops().contains(EpollIoOps.EPOLLIN)
        || event.ops().contains(EpollIoOps.EPOLLERR)
        || event.ops().contains(EpollIoOps.EPOLLRDHUP);
  }

  private boolean reads() {
    return interest.contains(EpollIoOps.EPOLLIN);
  }

  private boolean mayHaveLeftBytes() {
    var reading = channel.recvBufAllocHandle();
    return reading.lastBytesRead() > 0 && reading.lastBytesRead() == reading.attemptedBytesRead();
  }

  @Override
  public long submit(IoOps ops) {
    interest = (EpollIoOps) ops;
    return registration().submit(interest.with(EpollIoOps.EPOLLET));
  }

  private IoRegistration registration() {
    return Objects.requireNonNull(registration);
  }

  @Override
  public boolean isValid() {
    return registration().isValid();
  }

  @Override
  public boolean cancel() {
    return registration().cancel();
  }

  @Override
  @SuppressWarnings("TypeParameterUnusedInFormals") // Netty's signature
  public <T> T attachment() {
    return registration().attachment();
  }
}
