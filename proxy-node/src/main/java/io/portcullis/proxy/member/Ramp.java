package io.portcullis.proxy.member;

/// How the share of a member grows after it came back: in ten steps from a tenth to all of it.
///
/// The steps begin at whole multiples of a step's length in the time of day, so nodes whose clocks agree, and that saw the
/// member come back within the same step, give it the same share at every moment; nodes that saw it in neighbouring steps
/// differ for as long as their checks did.
///
/// @param firstNanos the beginning of the second step, on the clock of `System.nanoTime`
record Ramp(long firstNanos, long stepNanos) {

  static final int STEPS = 10;

  private static final long NANOS_PER_MILLI = 1_000_000;

  /// @param nowNanos and `wallMillis` are the same moment on two clocks
  static Ramp from(long nowNanos, long wallMillis, long lengthMillis) {
    long step = Math.max(1, lengthMillis / STEPS);
    long toNext = step - Math.floorMod(wallMillis, step);
    return new Ramp(nowNanos + toNext * NANOS_PER_MILLI, step * NANOS_PER_MILLI);
  }

  /// 1 to [#STEPS].
  int tenths(long nowNanos) {
    long since = nowNanos - firstNanos;
    return since < 0 ? 1 : (int) Math.min(STEPS, 2 + since / stepNanos);
  }
}
