package io.portcullis.proxy.snapshot;

/// The one place readers look: a volatile field with a single writer (`config`), and beside it one for what authorities are shown, which comes and
/// goes without a revision.
public final class CurrentSnapshot {

  private volatile Snapshot current;
  private volatile Proofs proofs = Proofs.NONE;

  public CurrentSnapshot(Snapshot first) {
    current = first;
  }

  public Snapshot current() {
    return current;
  }

  public void publish(Snapshot next) {
    current = next;
  }

  public Proofs proofs() {
    return proofs;
  }

  public void show(Proofs next) {
    proofs = next;
  }
}
