package io.portcullis.perf.load;

import java.util.SplittableRandom;

/// When requests are due: a sequence of times that does not depend on what happens to them.
interface Arrivals {

  /// The next due time in nanoseconds, never before the one returned last.
  long next();

  /// Every `1/rate` seconds from `start`, the n-th to the nanosecond.
  static Arrivals even(long start, double rate) {
    return new Arrivals() {
      private long count;

      @Override
      public long next() {
        return start + (long) (count++ * 1e9 / rate);
      }
    };
  }

  /// As independent users arrive (a Poisson process): exponential gaps with mean `1/rate`.
  static Arrivals random(long start, double rate, long seed) {
    SplittableRandom chance = new SplittableRandom(seed);
    return new Arrivals() {
      private double at = start;

      @Override
      public long next() {
        at += -Math.log1p(-chance.nextDouble()) / rate * 1e9;
        return (long) at;
      }
    };
  }
}
