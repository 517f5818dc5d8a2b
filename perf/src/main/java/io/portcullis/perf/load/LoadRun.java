package io.portcullis.perf.load;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;

/// One run: starts the lanes, watches them, lets them finish, and says what came of it.
final class LoadRun {

  /// After this long an answer that is not there yet is not waited for any more, whatever the timeout.
  private static final long MAX_GRACE_NANOS = TimeUnit.SECONDS.toNanos(30);

  /// Whoever presses Ctrl-C wants the terminal back.
  private static final long GRACE_WHEN_STOPPED_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long POLL_MILLIS = 20;

  private final LoadPlan plan;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final List<Lane> lanes = new ArrayList<>();
  private volatile boolean concluded;

  LoadRun(LoadPlan plan) {
    this.plan = plan;
  }

  /// Ends the run early, from any thread; `run` then returns what there is.
  void stop() {
    stop.countDown();
  }

  /// Ends arrivals before their time, from any thread; what is under way may finish, and the result is a whole one.
  void conclude() {
    concluded = true;
    stop.countDown();
  }

  /// The most connections there were at once with one of the target's addresses; after `run`.
  int peak(int address) {
    return lanes.stream().mapToInt(lane -> lane.peak(address)).sum();
  }

  /// @param progress told once a second
  /// @throws IOException if the trust file cannot be used
  LoadResult run(Consumer<LoadResult.Second> progress) throws IOException, InterruptedException {
    ClientTls tls = tls();
    EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(
            plan.loops(),
            new DefaultThreadFactory("load", true),
            plan.epoll() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    try {
      for (EventExecutor loop : loops) {
        lanes.add(new Lane(plan, tls, (io.netty.channel.EventLoop) loop, lanes.size()));
      }
      return watch(progress);
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }
  }

  private ClientTls tls() throws IOException {
    try {
      return ClientTls.trusting(plan.trust(), plan.offer());
    } catch (SSLException | IllegalArgumentException e) {
      throw new IOException(
          "--trust " + plan.trust() + ": not a readable PEM file of CA certificates", e);
    }
  }

  private LoadResult watch(Consumer<LoadResult.Second> progress) throws InterruptedException {
    Meter meter = new Meter(lanes.stream().map(Lane::tally).toList(), plan.duration());
    Instant started = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    long start = System.nanoTime();
    long end = start + plan.duration().toNanos();
    lanes.forEach(lane -> lane.start(start, end));
    long tick = start;
    boolean complete = true;
    while (complete && tick < end) {
      tick = Math.min(tick + SECOND, end);
      complete = !stop.await(tick - System.nanoTime(), TimeUnit.NANOSECONDS);
      // The last second closes with the last answer, below.
      if (tick < end && complete) {
        progress.accept(meter.tick((tick - start) / 1e9));
      }
    }
    long stopped = System.nanoTime();
    complete |= concluded;
    finish(complete);
    progress.accept(meter.tick((stopped - start) / 1e9));
    return meter.result(plan, started.toString(), (stopped - start) / 1e9, complete);
  }

  /// No further arrivals; those under way may end within the timeout.
  private void finish(boolean complete) throws InterruptedException {
    long grace = complete ? plan.timeout().toNanos() : GRACE_WHEN_STOPPED_NANOS;
    long limit = System.nanoTime() + Math.min(grace, MAX_GRACE_NANOS);
    if (complete && !concluded) {
      // A generator that is late still owes what was due.
      await(limit, Lane::isPacing);
    }
    onLoops(Lane::stop);
    await(limit, lane -> lane.inFlight() > 0);
    onLoops(Lane::abandon);
  }

  private void await(long limit, Predicate<Lane> busy) throws InterruptedException {
    while (lanes.stream().anyMatch(busy) && System.nanoTime() < limit) {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  private void onLoops(Consumer<Lane> act) throws InterruptedException {
    for (Lane lane : lanes) {
      lane.loop().submit(() -> act.accept(lane)).sync();
    }
  }
}
