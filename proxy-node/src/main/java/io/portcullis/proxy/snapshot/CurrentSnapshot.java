package io.portcullis.proxy.snapshot;

/// The one place readers look: a single volatile field with a single writer (`config`).
public final class CurrentSnapshot {

  private volatile Snapshot current;

  public CurrentSnapshot(Snapshot first) {
    current = first;
  }

  public Snapshot current() {
    return current;
  }

  public void publish(Snapshot next) {
    current = next;
  }
}
