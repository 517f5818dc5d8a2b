package io.portcullis.perf.staging;

import java.util.EnumSet;
import java.util.Set;

/// Which faults are on. Readers see one immutable set; each change makes the next.
public final class Faults {
  private volatile Set<Fault> on = Set.of();

  public boolean has(Fault fault) {
    return on.contains(fault);
  }

  public synchronized void set(Fault fault, boolean wanted) {
    EnumSet<Fault> next = EnumSet.noneOf(Fault.class);
    next.addAll(on);
    if (wanted) {
      next.add(fault);
    } else {
      next.remove(fault);
    }
    on = Set.copyOf(next);
  }

  public synchronized void clear() {
    on = Set.of();
  }

  Set<Fault> on() {
    return on;
  }
}
