package io.portcullis.proxy;

import io.portcullis.farm.store.TicketRing;
import io.portcullis.proxy.tls.TicketKey;
import io.portcullis.proxy.tls.TlsUpkeep;
import java.util.function.Consumer;

/// Takes the farm's session-ticket keys to the TLS contexts, and tells the farm which it has.
///
/// One thread calls it, that of the watch; any thread may ask for the generation.
final class FarmTickets implements Consumer<TicketRing> {

  private final TlsUpkeep tls;
  private final Runnable changed;
  private volatile long generation;

  /// @param changed told when [#generation] says something new
  FarmTickets(TlsUpkeep tls, Runnable changed) {
    this.tls = tls;
    this.changed = changed;
  }

  /// A ring that went away, with a farm that was wiped, changes nothing: what clients hold stays good.
  @Override
  public void accept(TicketRing ring) {
    if (ring.generation() == generation || ring.keys().isEmpty()) {
      return;
    }
    try {
      tls.useFarmKeys(ring.secrets().stream().map(TicketKey::of).toList());
      generation = ring.generation();
      changed.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Of the keys that are in use; 0 = this node's own.
  long generation() {
    return generation;
  }
}
