package io.portcullis.proxy.message;

import io.netty.channel.Channel;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The order of a loop's work under load: what members answer at once, what clients ask in turn, a few at a time.
///
/// epoll tells who is ready in the order they became so. Taken in that order, a loop with hundreds of busy clients sends hundreds of requests before it
/// looks at the first answer, so that each request finds its connections, the client's and the member's, long gone from the processor's caches. Members
/// first, few exchanges are open at a time, on few connections to members, and those are warm.
///
/// Where members stream and clients only ask, clients have a share of the turn that grows with the number of members, so that they wait for a few of a
/// loop's turns at most.
final class MembersFirst implements IoHandler {
  private final IoHandler epoll;
  private final ArrayDeque<EdgeSocket> waiting = new ArrayDeque<>();

  /// Members that Netty stopped reading with bytes left.
  private final ArrayDeque<EdgeSocket> unread = new ArrayDeque<>();

  private final Context context = new Context();

  private MembersFirst(IoHandler epoll) {
    this.epoll = epoll;
  }

  static IoHandlerFactory newFactory() {
    IoHandlerFactory epoll = EpollIoHandler.newFactory();
    return executor -> new MembersFirst(epoll.newHandler(executor));
  }

  /// Only a socket that was accepted has a peer already.
  @Override
  public IoRegistration register(IoHandle handle) throws Exception {
    EpollIoHandle socket = (EpollIoHandle) handle;
    if (!(handle instanceof Channel.Unsafe channel)) {
      return epoll.register(new GuardedSocket(socket));
    }
    EdgeSocket edge =
        channel.remoteAddress() != null
            ? new ClientSocket(socket, channel, waiting)
            : new MemberSocket(socket, channel, unread);
    edge.registeredAs(epoll.register(edge));
    return edge;
  }

  @Override
  public int run(IoHandlerContext loop) {
    context.loop = loop;
    int before = waiting.size();
    int goOn = unread.size();
    int handled = epoll.run(context);
    // A client that was told of more while it waits counts as a member here; it makes the clients'
    // share of one turn larger at most.
    int members = handled - (waiting.size() - before) + goOn;
    for (int member = 0; member < goOn; member++) {
      unread.removeFirst().takeTurn();
    }
    int clients =
        Math.min(
            waiting.size(), Math.max(members / Limits.MEMBERS_TO_A_CLIENT, Limits.CLIENTS_A_TURN));
    for (int turn = 0; turn < clients; turn++) {
      waiting.removeFirst().takeTurn();
    }
    return members + clients;
  }

  @Override
  public void initialize() {
    epoll.initialize();
  }

  @Override
  public void prepareToDestroy() {
    epoll.prepareToDestroy();
  }

  @Override
  public void destroy() {
    epoll.destroy();
  }

  @Override
  public void wakeup() {
    epoll.wakeup();
  }

  @Override
  public boolean isCompatible(Class<? extends IoHandle> type) {
    return epoll.isCompatible(type);
  }

  /// The loop's, but it does not sleep while anybody waits for a turn.
  private final class Context implements IoHandlerContext {
    private @Nullable IoHandlerContext loop;

    private IoHandlerContext loop() {
      return Objects.requireNonNull(loop);
    }

    @Override
    public boolean canBlock() {
      return waiting.isEmpty() && unread.isEmpty() && loop().canBlock();
    }

    @Override
    public long delayNanos(long now) {
      return loop().delayNanos(now);
    }

    @Override
    public long deadlineNanos() {
      return loop().deadlineNanos();
    }

    @Override
    public void reportActiveIoTime(long nanos) {
      loop().reportActiveIoTime(nanos);
    }

    @Override
    public boolean shouldReportActiveIoTime() {
      return loop().shouldReportActiveIoTime();
    }
  }
}
