package io.portcullis.proxy.relay;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import io.portcullis.proxy.message.Limits;
import io.portcullis.proxy.message.ParsedRequest;
import io.portcullis.proxy.message.ParsedResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// What belongs to one event loop and nobody else: scratch space for heads, and the only timer.
///
/// The timer is a tick that walks over all watched connections and lets each compare two numbers. A deadline costs one field write
/// on the request path, and nothing is scheduled or cancelled there.
public final class Loop {

  /// Deadlines are seconds to half an hour; a fifth of a second is precise enough, and cheap for ten thousand connections.
  private static final long TICK_MILLIS = 200;

  private static final FastThreadLocal<Loop> CURRENT = new FastThreadLocal<>();

  private final byte[] scratch = new byte[Limits.HEAD_BYTES];
  private final ParsedRequest request = new ParsedRequest();
  private final ParsedResponse response = new ParsedResponse();
  private Watched[] watched = new Watched[64];
  private int count;
  private long now;

  private Loop() {}

  /// The state of the event loop that runs the caller.
  public static Loop of(EventLoop eventLoop) {
    Loop loop = CURRENT.getIfExists();
    if (loop == null) {
      Loop fresh = new Loop();
      CURRENT.set(fresh);
      eventLoop.scheduleAtFixedRate(fresh::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
      loop = fresh;
    }
    return loop;
  }

  public byte[] scratch() {
    return scratch;
  }

  public ParsedRequest request() {
    return request;
  }

  public ParsedResponse response() {
    return response;
  }

  /// The tick at which something that begins now and may take `duration` is late.
  public long deadline(Duration duration) {
    return now + ticks(duration);
  }

  public long now() {
    return now;
  }

  /// Rounded up, and one more because the current tick is already partly over.
  public static long ticks(Duration duration) {
    return (duration.toMillis() + TICK_MILLIS - 1) / TICK_MILLIS + 1;
  }

  public void watch(Watched one) {
    if (count == watched.length) {
      watched = Arrays.copyOf(watched, count * 2);
    }
    one.slot(count);
    watched[count++] = one;
  }

  /// The last one takes the free slot.
  public void unwatch(Watched one) {
    int slot = one.slot();
    if (slot < count && watched[slot] == one) {
      Watched last = watched[--count];
      watched[slot] = last;
      last.slot(slot);
      Arrays.fill(watched, count, count + 1, null);
    }
  }

  /// Backwards, because the visited one may leave: the last takes its place and has been visited.
  public void forEach(Consumer<Watched> visit) {
    for (int i = count - 1; i >= 0; i--) {
      if (i < count) {
        visit.accept(watched[i]);
      }
    }
  }

  private void tick() {
    now++;
    for (int i = count - 1; i >= 0; i--) {
      if (i < count) {
        watched[i].tick(now);
      }
    }
  }
}
