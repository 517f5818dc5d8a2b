package io.portcullis.proxy.message;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/// A pipe whose handling throws.
final class FaultyPipe implements EpollIoHandle {
  private final FileDescriptor[] pipe;
  volatile boolean isClosed;

  FaultyPipe() throws IOException {
    pipe = FileDescriptor.pipe();
  }

  void write() throws IOException {
    ByteBuffer bytes = ByteBuffer.allocateDirect(1);
    pipe[1].write(bytes, 0, 1);
  }

  @Override
  public FileDescriptor fd() {
    return pipe[0];
  }

  @Override
  public void handle(IoRegistration registration, IoEvent event) {
    throw new IllegalStateException("as the test wants it");
  }

  @Override
  public void close() {
    isClosed = true;
    try {
      pipe[0].close();
      pipe[1].close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
