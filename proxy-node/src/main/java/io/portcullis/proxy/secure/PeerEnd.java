package io.portcullis.proxy.secure;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.IOException;

/// Whether the other side's FIN stands right behind its close_notify: it closed its socket, and what is sent to it now is answered with a reset.
final class PeerEnd {
  private PeerEnd() {}

  /// Asks the kernel, which is less than a send. To be asked behind a close_notify only: what else may have come is lost.
  ///
  /// @return false if it is not known
  static boolean hasCome(Channel channel) {
    if (!(channel instanceof EpollSocketChannel socket) || !channel.isOpen()) {
      return false;
    }
    ByteBuf one = channel.alloc().directBuffer(1, 1);
    try {
      return socket.fd().readAddress(Memory.address(one, 0), 0, 1) < 0;
    } catch (IOException e) {
      // A reset: nobody is there either.
      return true;
    } finally {
      one.release();
    }
  }
}
