package io.portcullis.proxy.http;

import io.portcullis.proxy.message.Limits;
import io.portcullis.proxy.relay.Loop;
import java.time.Duration;

/// Notices a request body that only drips. A pause that we make, because the member does not take more, is not the client's; nor is the
/// time before the first byte of a client that waits for 100.
final class BodyPace {

  private final Duration each;
  private long until;
  private long bytes;
  private boolean waits;

  BodyPace(Duration each) {
    this.each = each;
  }

  void begin(Loop loop, boolean waitsFor100) {
    waits = waitsFor100;
    restart(loop);
  }

  private void restart(Loop loop) {
    bytes = 0;
    until = loop.deadline(each);
  }

  void took(int some) {
    waits = false;
    bytes += some;
  }

  /// @param reading false if the client is not being read at the moment
  boolean isTooSlow(Loop loop, boolean reading) {
    if (!reading || waits) {
      restart(loop);
      return false;
    }
    if (loop.now() < until) {
      return false;
    }
    boolean slow = bytes < Limits.BODY_LEAST_BYTES;
    restart(loop);
    return slow;
  }
}
