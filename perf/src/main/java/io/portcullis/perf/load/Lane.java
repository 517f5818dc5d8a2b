package io.portcullis.perf.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// One event loop's share of the load: its pace, its connections, its counts. Everything here happens on that loop.
final class Lane implements ClientConnection.Ended {

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

  /// A closed loop whose target refuses at once would otherwise be busy with being refused.
  private static final Duration AFTER_FAILURE = Duration.ofMillis(10);

  private static final Duration SWEEP = Duration.ofMillis(100);

  private final LoadPlan plan;
  private final ClientTls tls;
  private final EventLoop loop;
  private final int number;
  private final Tally tally = new Tally();

  /// With which of the addresses each is.
  private final Map<ClientConnection, Integer> open = new HashMap<>();

  private final int[] held;
  private final int[] peaks;
  private final ArrayDeque<ClientConnection> idle = new ArrayDeque<>();
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private long users;
  private volatile int inFlight;
  private volatile boolean pacing;
  private volatile boolean ending;
  private boolean abandoned;

  private record Waiting(Visit visit, Request request) {}

  Lane(LoadPlan plan, ClientTls tls, EventLoop loop, int number) {
    this.plan = plan;
    this.tls = tls;
    this.loop = loop;
    this.number = number;
    this.held = new int[plan.site().addresses().size()];
    this.peaks = new int[plan.site().addresses().size()];
  }

  /// Begins at `start`; nothing is due from `end` on.
  void start(long start, long end) {
    loop.scheduleAtFixedRate(
        this::sweep, SWEEP.toMillis(), SWEEP.toMillis(), TimeUnit.MILLISECONDS);
    if (plan.isClosedLoop()) {
      loop.execute(() -> {
        for (int i = 0; i < plan.connectionsOf(number); i++) {
          arrive(System.nanoTime());
        }
      });
      loop.schedule(this::stop, end - System.nanoTime(), TimeUnit.NANOSECONDS);
      return;
    }
    // Lanes take turns: the whole is as even as one lane would be.
    double share = plan.rate() / plan.loops();
    long offset = (long) (number * 1e9 / plan.rate());
    Arrivals arrivals =
        plan.random()
            ? Arrivals.random(start, share, plan.seed() + number)
            : Arrivals.even(start + offset, share);
    Pacer pacer = new Pacer(arrivals, end);
    pacing = true;
    loop.execute(() -> turn(pacer));
  }

  private void turn(Pacer pacer) {
    if (ending) {
      return;
    }
    long wait = pacer.turn(System.nanoTime(), this::arrive);
    if (wait == 0) {
      loop.execute(() -> turn(pacer));
    } else if (wait > 0) {
      loop.schedule(() -> turn(pacer), wait, TimeUnit.NANOSECONDS);
    } else {
      pacing = false;
    }
  }

  private void arrive(long due) {
    tally.started(System.nanoTime() - due);
    if (inFlight >= plan.inFlightLimitOfLane()) {
      tally.failed("arrival", Outcome.Lost.NOT_STARTED);
      return;
    }
    setInFlight(inFlight + 1);
    long user = users++ * plan.loops() + number;
    new Visit(this, plan.model().begin(user), user, due).begin();
  }

  /// One writer, this loop; the run's thread only reads.
  @SuppressWarnings("NonAtomicVolatileUpdate")
  private void setInFlight(int count) {
    inFlight = count;
  }

  /// A visit is over; in a closed loop the next one takes its place.
  void ended(boolean well) {
    setInFlight(inFlight - 1);
    if (plan.isClosedLoop() && !ending) {
      if (well) {
        loop.execute(this::arriveAgain);
      } else {
        loop.schedule(this::arriveAgain, AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS);
      }
    }
  }

  private void arriveAgain() {
    if (!ending) {
      arrive(System.nanoTime());
    }
  }

  /// Gives the visit a kept connection, a new one while there may be more, or a place in the queue.
  void lease(Visit visit, Request request) {
    ClientConnection connection = idle.pollLast();
    while (connection != null && !connection.isUsable()) {
      connection = idle.pollLast();
    }
    if (connection != null) {
      visit.sendOn(connection, request);
    } else if (open.size() < plan.connectionsOf(number)) {
      visit.sendOn(open(request.host(), visit), request);
    } else {
      waiting.addLast(new Waiting(visit, request));
    }
  }

  void release(ClientConnection connection) {
    if (connections() != UserModel.Connections.KEPT || !connection.isUsable()) {
      return; // a closed one makes room when it has gone
    }
    Waiting next = waiting.pollFirst();
    if (next == null) {
      idle.addLast(connection);
    } else {
      next.visit.sendOn(connection, next.request);
    }
  }

  ClientConnection open(String host, Visit visit) {
    boolean resume = connections() == UserModel.Connections.RESUMED;
    int choice = visit.choice();
    InetSocketAddress address = plan.site().addresses().get(choice);
    ClientConnection connection = new ClientConnection(this);
    open.put(connection, choice);
    peaks[choice] = Math.max(peaks[choice], ++held[choice]);
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(plan.epoll() ? EpollSocketChannel.class : NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT_LIMIT.toMillis())
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    dress(channel, host, address.getPort(), resume, connection);
                  }
                });
    InetAddress source = plan.sources().of(visit.user());
    if (source == null) {
      connection.connecting(bootstrap.connect(address), loop);
    } else {
      if (plan.epoll()) {
        // The port is chosen at connect, so that each source has its own range of them.
        bootstrap.option(EpollChannelOption.IP_BIND_ADDRESS_NO_PORT, true);
      }
      connection.connecting(bootstrap.connect(address, new InetSocketAddress(source, 0)), loop);
    }
    return connection;
  }

  private void dress(
      Channel channel, String host, int port, boolean resume, ClientConnection connection) {
    if (plan.site().tls()) {
      channel.pipeline().addLast(tls.handler(channel.alloc(), host, port, resume));
    }
    channel.pipeline().addLast(connection);
  }

  @Override
  public void ended(ClientConnection connection) {
    Integer choice = open.remove(connection);
    if (choice != null) {
      held[choice]--;
    }
    Waiting next = connections() == UserModel.Connections.KEPT ? waiting.pollFirst() : null;
    if (next != null) {
      lease(next.visit, next.request);
    }
  }

  @Override
  public void agreed(String what) {
    tally.agreed(what);
  }

  private void sweep() {
    long now = System.nanoTime();
    for (ClientConnection connection : new ArrayList<>(open.keySet())) {
      connection.sweep(now);
    }
  }

  /// No more arrivals; those under way may finish, except where the pool holds the answer back.
  void stop() {
    ending = true;
    pacing = false;
    new ArrayList<>(open.keySet()).forEach(ClientConnection::abandonHeld);
  }

  /// Ends what is left, and counts it.
  void abandon() {
    abandoned = true;
    for (Waiting late = waiting.pollFirst(); late != null; late = waiting.pollFirst()) {
      late.visit.drop(late.request, Outcome.Lost.UNFINISHED);
    }
    new ArrayList<>(open.keySet())
        .forEach(connection -> connection.abandon(Outcome.Lost.UNFINISHED));
  }

  long deadline(Request request) {
    return System.nanoTime() + plan.timeout().plus(request.hold()).toNanos();
  }

  int addresses() {
    return peaks.length;
  }

  /// The most connections at once with one of the addresses; to be read when the lane has ended.
  int peak(int address) {
    return peaks[address];
  }

  boolean isEnding() {
    return ending;
  }

  /// Whether something that was due has not begun yet.
  boolean isPacing() {
    return pacing;
  }

  boolean isAbandoned() {
    return abandoned;
  }

  int inFlight() {
    return inFlight;
  }

  EventLoop loop() {
    return loop;
  }

  Tally tally() {
    return tally;
  }

  UserModel.Connections connections() {
    return plan.model().connections();
  }

  String wholeName() {
    return plan.modelName() + " (whole)";
  }
}
