package io.portcullis.proxy.message;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.unix.FileDescriptor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A socket whose fault stays its own: it is closed. Otherwise an exception ended what epoll told in the same breath about other sockets, which for
/// edge-triggered ones is never told again, or the loop itself.
class GuardedSocket implements EpollIoHandle {
  private static final Logger LOG = LoggerFactory.getLogger(GuardedSocket.class);

  private final EpollIoHandle socket;

  GuardedSocket(EpollIoHandle socket) {
    this.socket = socket;
  }

  @Override
  public void handle(IoRegistration registration, IoEvent event) {
    try {
      socket.handle(registration, event);
    } catch (RuntimeException e) {
      LOG.warn("a connection is closed because of a fault in its handling", e);
      close();
    }
  }

  @Override
  public FileDescriptor fd() {
    return socket.fd();
  }

  @Override
  public void registered() {
    socket.registered();
  }

  @Override
  public void unregistered() {
    socket.unregistered();
  }

  /// Never throws.
  @Override
  public void close() {
    try {
      socket.close();
    } catch (Exception e) {
      LOG.warn("a connection could not be closed", e);
    }
  }
}
