package io.portcullis.proxy.message;

import io.netty.channel.Channel;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A socket between epoll and Netty, told once of what arrived.
///
/// It is registered edge-triggered (epoll(7)) once it has a peer, so that epoll neither tells the same again while it waits for its turn, nor
/// looks at it again in the next turn to see that nothing is left. Netty expects the other kind and stops reading after a message: a read that
/// filled its buffer may have left bytes that epoll tells nobody of, and takes another turn.
abstract class EdgeSocket extends GuardedSocket implements IoRegistration {
  private static final EpollIoEvent READABLE = new Event(EpollIoOps.EPOLLIN);

  private final Channel.Unsafe channel;
  private final Deque<EdgeSocket> waiting;
  private @Nullable IoRegistration registration;
  private EpollIoOps interest = EpollIoOps.NONE;
  private boolean isEdgeTriggered;
  private @Nullable EpollIoEvent event;

  private record Event(EpollIoOps ops) implements EpollIoEvent {}

  /// @param channel the same object as the socket
  /// @param waiting those whose turn comes
  EdgeSocket(EpollIoHandle socket, Channel.Unsafe channel, Deque<EdgeSocket> waiting) {
    super(socket);
    this.channel = channel;
    this.waiting = waiting;
  }

  final void registeredAs(IoRegistration registration) {
    this.registration = registration;
  }

  final boolean waits() {
    return event != null;
  }

  final void enqueue(EpollIoEvent more) {
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
  final void takeTurn() {
    EpollIoEvent now = event;
    event = null;
    if (now == null || !isValid()) {
      return;
    }
    if (now.ops().contains(EpollIoOps.EPOLLIN) && !reads()) {
      // Reading stopped while it waited; epoll tells again when it goes on.
      now = new Event(now.ops().without(EpollIoOps.EPOLLIN));
    }
    take(now);
  }

  final void take(EpollIoEvent now) {
    super.handle(this, now);
    if (isEdgeTriggered && wasRead(now) && isValid() && reads() && mayHaveLeftBytes()) {
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

  /// Without a peer it listens, or connects: Netty reads from it only once it has one, and asks for that here.
  @Override
  public final long submit(IoOps ops) {
    interest = (EpollIoOps) ops;
    isEdgeTriggered |= channel.remoteAddress() != null;
    return registration().submit(isEdgeTriggered ? interest.with(EpollIoOps.EPOLLET) : interest);
  }

  private IoRegistration registration() {
    return Objects.requireNonNull(registration);
  }

  @Override
  public final boolean isValid() {
    return registration().isValid();
  }

  @Override
  public final boolean cancel() {
    return registration().cancel();
  }

  @Override
  @SuppressWarnings("TypeParameterUnusedInFormals") // Netty's signature
  public final <T> T attachment() {
    return registration().attachment();
  }
}
