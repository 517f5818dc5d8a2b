package io.portcullis.proxy.message;

import java.util.concurrent.atomic.LongAdder;

/// How much the heads may hold together that have begun and not ended, over all connections of a node. A head that arrives whole needs
/// none; without a bound, clients that begin heads and never end them would fill the heap. Any thread.
public final class HeadRoom {

  private final long most;
  private final LongAdder held = new LongAdder();

  /// @param most bytes
  public HeadRoom(long most) {
    this.most = most;
  }

  /// For members, which we chose, and for tools.
  public static HeadRoom unbounded() {
    return new HeadRoom(Long.MAX_VALUE);
  }

  /// Two loops at once may both get the last of it: the bound is a share of the heap, and a head is small beside it.
  boolean take(int bytes) {
    if (held.sum() + bytes > most) {
      return false;
    }
    held.add(bytes);
    return true;
  }

  void giveBack(int bytes) {
    held.add(-bytes);
  }

  /// Bytes held now.
  public long held() {
    return held.sum();
  }
}
