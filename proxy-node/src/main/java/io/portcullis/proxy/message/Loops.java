package io.portcullis.proxy.message;

import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The event loops of a node, with an end that leaves no connection behind.
public final class Loops extends MultiThreadIoEventLoopGroup {
  /// A loop that is not through its turn by then is held up by something that has to be cut off anyway.
  private static final long PATIENCE_MILLIS = 1_000;

  /// Who was told that its connection is gone may begin another one.
  private static final int ROUNDS = 2;

  private final Made made;

  private record Made(IoHandlerFactory factory, Collection<Loop> loops)
      implements IoHandlerFactory {
    record Loop(ThreadAwareExecutor thread, IoHandler handler) {}

    @Override
    public IoHandler newHandler(ThreadAwareExecutor thread) {
      IoHandler handler = factory.newHandler(thread);
      loops.add(new Loop(thread, handler));
      return handler;
    }

    @Override
    public boolean isChangingThreadSupported() {
      return factory.isChangingThreadSupported();
    }
  }

  Loops(int count, IoHandlerFactory factory) {
    this(count, new Made(factory, new ConcurrentLinkedQueue<>()));
  }

  private Loops(int count, Made made) {
    super(count, new DefaultThreadFactory("portcullis-loop", false), made);
    this.made = made;
  }

  /// Closes whatever is registered with the loops, and ends them. Their own `shutdownGracefully` without a quiet period closes nothing of a
  /// loop that is told in the midst of its tasks: it looks once a turn whether to close, before them, and after them whether to end. The
  /// handlers of its connections would never hear of it, and keep what they hold, TLS engines among it.
  public void end() {
    for (int round = 0; round < ROUNDS && !isShuttingDown(); round++) {
      closeAll();
    }
    shutdownGracefully(0, PATIENCE_MILLIS, TimeUnit.MILLISECONDS).awaitUninterruptibly();
  }

  /// What a handler throws is in the log.
  private void closeAll() {
    CountDownLatch closed = new CountDownLatch(made.loops().size());
    for (Made.Loop loop : made.loops()) {
      loop.thread()
          .execute(() -> {
            try {
              loop.handler().prepareToDestroy();
            } finally {
              closed.countDown();
            }
          });
    }
    try {
      boolean _ = closed.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
