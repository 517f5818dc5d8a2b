package io.portcullis.proxy.relay;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Moves bytes one way for one exchange, and asks nobody why. The source is read only while the sink takes.
///
/// The order in [#flush] matters: flush, then test, then stop reading. A test before the flush sees a buffer that is about to empty,
/// and the wake-up that would start reading again never comes.
public final class Pump {

  private final Reading source;
  private @Nullable ByteBuf first;
  private @Nullable ArrayDeque<ByteBuf> more;
  private @Nullable ChannelHandlerContext sink;
  private @Nullable ByteBuf tail;
  private boolean dirty;
  private boolean paused;

  public Pump(Reading source) {
    this.source = source;
  }

  /// From now on there is somewhere to write; what waited goes first. Flush afterwards.
  public void attach(ChannelHandlerContext to) {
    sink = to;
    for (ByteBuf part = poll(); part != null; part = poll()) {
      pass(part);
    }
  }

  /// Takes ownership of `part`. A part that fits into the room left behind the one before joins it: a small body leaves with its head.
  public void pass(ByteBuf part) {
    ChannelHandlerContext to = sink;
    if (to == null) {
      keep(part);
      return;
    }
    dirty = true;
    ByteBuf before = tail;
    if (before != null && part.readableBytes() <= before.writableBytes()) {
      before.writeBytes(part);
      part.release();
      return;
    }
    writeTail(to);
    if (part.readableBytes() > 0 && part.writableBytes() > 0 && part.refCnt() == 1) {
      tail = part;
    } else {
      to.write(part, to.voidPromise());
    }
  }

  /// Most exchanges wait with a head and nothing else.
  private void keep(ByteBuf part) {
    ArrayDeque<ByteBuf> behind = more;
    if (first == null) {
      first = part;
    } else if (behind == null) {
      behind = new ArrayDeque<>();
      behind.add(part);
      more = behind;
    } else {
      behind.add(part);
    }
  }

  private @Nullable ByteBuf poll() {
    ByteBuf oldest = first;
    ArrayDeque<ByteBuf> behind = more;
    first = behind == null ? null : behind.poll();
    return oldest;
  }

  private void writeTail(ChannelHandlerContext to) {
    ByteBuf before = tail;
    if (before != null) {
      tail = null;
      to.write(before, to.voidPromise());
    }
  }

  /// Sends what was passed; stops the source if the sink has enough.
  public void flush() {
    ChannelHandlerContext to = sink;
    if (to == null) {
      pause(first != null);
      return;
    }
    if (dirty) {
      dirty = false;
      writeTail(to);
      to.flush();
    }
    if (!to.channel().isWritable()) {
      pause(true);
    }
  }

  /// The sink takes again.
  public void sinkWritable() {
    ChannelHandlerContext to = sink;
    if (to != null && to.channel().isWritable()) {
      pause(false);
    }
  }

  private void pause(boolean on) {
    if (paused != on) {
      paused = on;
      source.reading(!on);
    }
  }

  /// The exchange is over: nothing is kept, and the source may read for the next one.
  public void end() {
    for (ByteBuf part = poll(); part != null; part = poll()) {
      part.release();
    }
    ByteBuf before = tail;
    if (before != null) {
      tail = null;
      before.release();
    }
    sink = null;
    pause(false);
  }
}
