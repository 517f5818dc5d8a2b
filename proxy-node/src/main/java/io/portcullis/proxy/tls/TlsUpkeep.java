package io.portcullis.proxy.tls;

import io.portcullis.proxy.snapshot.Snapshot;

/// What TLS contexts need while they serve: keys for tickets, and the responders' word that certificates are good.
public final class TlsUpkeep {

  private final TicketKeyring tickets = new TicketKeyring();
  private final OcspStapler staples = OcspStapler.start();

  private TlsUpkeep() {}

  /// With ticket keys of this node's own, until others come to [#tickets].
  public static TlsUpkeep start() {
    TlsUpkeep upkeep = new TlsUpkeep();
    OwnTicketKeys.start(upkeep.tickets);
    return upkeep;
  }

  public TicketKeyring tickets() {
    return tickets;
  }

  /// Call it with every snapshot before that is published.
  public void follow(Snapshot next) {
    tickets.cover(next);
    staples.follow(next);
  }
}
