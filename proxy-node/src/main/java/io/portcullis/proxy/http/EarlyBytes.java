package io.portcullis.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.portcullis.proxy.message.Limits;
import org.jspecify.annotations.Nullable;

/// What a client has sent ahead of its turn: pipelined requests, one behind the other.
final class EarlyBytes {

  private @Nullable ByteBuf waiting;

  /// Ownership of `more` passes.
  void add(ByteBufAllocator allocator, ByteBuf more) {
    ByteBuf before = waiting;
    if (before == null) {
      waiting = more;
      return;
    }
    ByteBuf both = allocator.buffer(before.readableBytes() + more.readableBytes());
    both.writeBytes(before).writeBytes(more);
    before.release();
    more.release();
    waiting = both;
  }

  boolean isEmpty() {
    return waiting == null;
  }

  /// Reading goes on up to a bound, because that is how a client's abort is seen.
  boolean hasRoom() {
    ByteBuf held = waiting;
    return held == null || held.readableBytes() < Limits.PIPELINED_BYTES;
  }

  /// All of it; the caller owns it now.
  @Nullable ByteBuf take() {
    ByteBuf all = waiting;
    waiting = null;
    return all;
  }

  void release() {
    ByteBuf all = take();
    if (all != null) {
      all.release();
    }
  }
}
