package io.portcullis.proxy.secure;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What waits for the flush, in order. Most flushes find one buffer, which costs two fields and no queue.
final class Outgoing {

  /// Bytes, and whom to tell when they have left.
  record Part(ByteBuf bytes, ChannelPromise told) {}

  /// Ours of the flags by which handlers say that nobody should write.
  private static final int WRITABILITY = 1;

  private boolean held;
  private @Nullable ByteBuf only;
  private @Nullable ChannelPromise onlyTold;
  private @Nullable ArrayDeque<Part> many;

  boolean isEmpty() {
    return only == null && many == null;
  }

  /// Ownership of `bytes` passes.
  void add(ByteBuf bytes, ChannelPromise told) {
    if (isEmpty()) {
      only = bytes;
      onlyTold = told;
      return;
    }
    queue().addLast(new Part(bytes, told));
  }

  /// What could not go after all goes first.
  void putBack(ByteBuf bytes, ChannelPromise told) {
    if (isEmpty()) {
      add(bytes, told);
      return;
    }
    queue().addFirst(new Part(bytes, told));
  }

  /// Something cannot be written before the other side was heard, in a renegotiation. What waits here is not counted below: nobody shall
  /// write more meanwhile.
  void hold(ChannelHandlerContext ctx, boolean on) {
    held = on;
    ChannelOutboundBuffer below = ctx.channel().unsafe().outboundBuffer();
    if (below != null) {
      below.setUserDefinedWritability(WRITABILITY, !on);
    }
  }

  boolean isHeld() {
    return held;
  }

  private ArrayDeque<Part> queue() {
    ArrayDeque<Part> queue = many;
    if (queue == null) {
      queue = new ArrayDeque<>();
      many = queue;
      ByteBuf first = only;
      ChannelPromise told = onlyTold;
      if (first != null && told != null) {
        queue.add(new Part(first, told));
      }
      only = null;
      onlyTold = null;
    }
    return queue;
  }

  /// The only part, if there is one and no more; it is gone then.
  @Nullable ByteBuf takeOnly() {
    ByteBuf first = only;
    only = null;
    return first;
  }

  /// Belongs to what [#takeOnly] gave.
  @Nullable ChannelPromise takeOnlyTold() {
    ChannelPromise told = onlyTold;
    onlyTold = null;
    return told;
  }

  /// The next part: as many as fit into `most` bytes are made one.
  @Nullable Part take(ChannelHandlerContext ctx, int most) {
    ArrayDeque<Part> queue = many;
    Part first = queue == null ? null : queue.pollFirst();
    if (queue == null || first == null) {
      many = null;
      return null;
    }
    int length = first.bytes().readableBytes();
    Part next = queue.peekFirst();
    if (next == null || length + next.bytes().readableBytes() > most) {
      return first;
    }
    List<ChannelPromise> told = new ArrayList<>();
    ByteBuf all = ctx.alloc().directBuffer(Math.min(most, length + bytesOf(queue)));
    append(all, told, first);
    while (next != null && all.readableBytes() + next.bytes().readableBytes() <= most) {
      append(all, told, next);
      queue.removeFirst();
      next = queue.peekFirst();
    }
    return new Part(all, tellingAll(ctx, told));
  }

  private static int bytesOf(ArrayDeque<Part> queue) {
    int sum = 0;
    for (Part part : queue) {
      sum += part.bytes().readableBytes();
    }
    return sum;
  }

  private static void append(ByteBuf all, List<ChannelPromise> told, Part part) {
    all.writeBytes(part.bytes());
    part.bytes().release();
    if (!part.told().isVoid()) {
      told.add(part.told());
    }
  }

  private static ChannelPromise tellingAll(ChannelHandlerContext ctx, List<ChannelPromise> told) {
    if (told.size() == 1) {
      return told.getFirst();
    }
    return ctx.newPromise()
        .addListener((Future<Void> done) -> {
          for (ChannelPromise one : told) {
            if (done.isSuccess()) {
              one.trySuccess();
            } else {
              one.tryFailure(done.cause());
            }
          }
        });
  }

  /// Nothing of it will leave.
  void fail(Throwable cause) {
    ByteBuf first = takeOnly();
    ChannelPromise told = takeOnlyTold();
    if (first != null && told != null) {
      fail(new Part(first, told), cause);
    }
    ArrayDeque<Part> queue = many;
    many = null;
    if (queue != null) {
      queue.forEach(part -> fail(part, cause));
    }
  }

  private static void fail(Part part, Throwable cause) {
    part.bytes().release();
    part.told().tryFailure(cause);
  }
}
