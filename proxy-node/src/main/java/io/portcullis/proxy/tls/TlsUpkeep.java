package io.portcullis.proxy.tls;

import io.portcullis.proxy.snapshot.Snapshot;
import java.util.List;

/// What TLS contexts need while they serve: keys for tickets, and the responders' word that certificates are good.
public final class TlsUpkeep {

  private final TicketKeyring tickets = new TicketKeyring();
  private final OcspStapler staples = OcspStapler.start();

  private final Thread ownKeys = OwnTicketKeys.start(tickets);

  private TlsUpkeep() {}

  /// With ticket keys of this node's own, until the farm's come.
  public static TlsUpkeep start() {
    return new TlsUpkeep();
  }

  /// The farm's keys take the place of this node's own, for good: the first seals, all open.
  public void useFarmKeys(List<TicketKey> keys) throws InterruptedException {
    ownKeys.interrupt();
    ownKeys.join();
    tickets.use(keys);
  }

  /// Call it with every snapshot before that is published.
  public void follow(Snapshot next) {
    tickets.cover(next);
    staples.follow(next);
  }
}
