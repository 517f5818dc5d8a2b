package io.portcullis.farm.binding;

import java.util.concurrent.atomic.LongAdder;

/// What came of operations; counted by the table's writer, read by anyone.
final class Tally {
  private final LongAdder bound = new LongAdder();
  private final LongAdder lost = new LongAdder();
  private final LongAdder moved = new LongAdder();
  private final LongAdder moveRefused = new LongAdder();
  private final LongAdder released = new LongAdder();
  private final LongAdder expired = new LongAdder();
  private final LongAdder refusedFull = new LongAdder();
  private final LongAdder repeated = new LongAdder();
  private final LongAdder unreadable = new LongAdder();

  void bound() {
    bound.increment();
  }

  void lost() {
    lost.increment();
  }

  void moved() {
    moved.increment();
  }

  void moveRefused() {
    moveRefused.increment();
  }

  void released() {
    released.increment();
  }

  void expired() {
    expired.increment();
  }

  void refusedFull() {
    refusedFull.increment();
  }

  void repeated() {
    repeated.increment();
  }

  void unreadable() {
    unreadable.increment();
  }

  BindingTable.Counts counts() {
    return new BindingTable.Counts(
        bound.sum(),
        lost.sum(),
        moved.sum(),
        moveRefused.sum(),
        released.sum(),
        expired.sum(),
        refusedFull.sum(),
        repeated.sum(),
        unreadable.sum());
  }
}
