package io.portcullis.proxy.secure;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.internal.tcnative.Buffer;

/// Where bytes lie, for the library that is told addresses.
final class Memory {

  private Memory() {}

  /// @param buffer direct, and in one piece
  static long address(ByteBuf buffer, int index) {
    if (buffer.hasMemoryAddress()) {
      return buffer.memoryAddress() + index;
    }
    // A JVM that was not started with access to memory: the library asks the NIO buffer itself.
    var view = buffer.internalNioBuffer(index, 0);
    return Buffer.address(view) + view.position();
  }

  /// The readable bytes of `buffer` where the library can reach them: the buffer itself, or a copy. Ownership passes, and comes back with
  /// the result.
  static ByteBuf reachable(ByteBufAllocator alloc, ByteBuf buffer) {
    if (buffer.isDirect() && (buffer.hasMemoryAddress() || buffer.nioBufferCount() == 1)) {
      return buffer;
    }
    try {
      return alloc.directBuffer(buffer.readableBytes()).writeBytes(buffer);
    } finally {
      buffer.release();
    }
  }
}
