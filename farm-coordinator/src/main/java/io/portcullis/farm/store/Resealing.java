package io.portcullis.farm.store;

/// Takes everything that is sealed in the store over to the key that seals now. Each value is one compare-and-set, so it may be cut short, run
/// again, and meet writers.
public final class Resealing {
  private final CertificateShelf certificates;
  private final CertificateRequests requests;
  private final TicketBook tickets;
  private final AcmeBook acme;

  Resealing(
      CertificateShelf certificates,
      CertificateRequests requests,
      TicketBook tickets,
      AcmeBook acme) {
    this.certificates = certificates;
    this.requests = requests;
    this.tickets = tickets;
    this.acme = acme;
  }

  /// @return how many were sealed with another key; 0 = all of it is sealed with the key that seals now
  public int run() throws StoreException {
    int changed = tickets.reseal() ? 1 : 0;
    for (String name : certificates.names()) {
      for (int version : certificates.versions(name)) {
        changed += certificates.reseal(name, version) ? 1 : 0;
      }
    }
    for (CertificateRequests.Waiting waiting : requests.all()) {
      changed += requests.reseal(waiting.name()) ? 1 : 0;
    }
    return changed + acme.reseal();
  }
}
