package io.portcullis.farm.store;

import io.portcullis.farm.binding.BindingBatch;
import org.apache.curator.framework.CuratorFramework;

/// What a coordinator writes as the leader of one term. Each write is checked against the term in its own transaction: after another
/// coordinator has begun a term, this one changes nothing any more, however long it slept, and hears
/// [StoreException.Kind#DEPOSED].
public final class Leadership {
  private final long term;
  private final Revisions revisions;
  private final TicketBook tickets;
  private final KeyPlanBook keyPlan;
  private final AuthorityBook authorities;
  private final Tokens tokens;
  private final Resealing resealing;
  private final AuditTrail audit;
  private final BindingStorage bindings;
  private final CertificateShelf certificates;
  private final AcmeBook acme;
  private final ProposalBook proposals;

  Leadership(long term, CuratorFramework client, FarmPaths paths, Secrets secrets, Fence fence) {
    this.term = term;
    Znodes znodes = new Znodes(client, fence);
    revisions = new Revisions(znodes, paths);
    tickets = new TicketBook(znodes, paths, secrets);
    keyPlan = new KeyPlanBook(znodes, paths);
    authorities = new AuthorityBook(znodes, paths, secrets);
    tokens = new Tokens(znodes, paths);
    certificates = new CertificateShelf(znodes, paths, secrets);
    acme = new AcmeBook(znodes, paths, secrets);
    resealing =
        new Resealing(certificates, new CertificateRequests(znodes, paths, secrets), tickets, acme);
    audit = new AuditTrail(znodes, paths);
    proposals = new ProposalBook(znodes, paths);
    bindings = new BindingStorage(client, znodes, paths);
  }

  /// Each leadership has a number of its own, higher than all before.
  public long term() {
    return term;
  }

  public Revisions revisions() {
    return revisions;
  }

  public TicketBook tickets() {
    return tickets;
  }

  public KeyPlanBook keyPlan() {
    return keyPlan;
  }

  public AuthorityBook authorities() {
    return authorities;
  }

  public Tokens tokens() {
    return tokens;
  }

  public CertificateShelf certificates() {
    return certificates;
  }

  public Resealing resealing() {
    return resealing;
  }

  /// Whether the nodes are asked about a change just now.
  public boolean isProposalOpen() throws StoreException {
    return proposals.current().isPresent();
  }

  public AcmeBook acme() {
    return acme;
  }

  public AuditTrail audit() {
    return audit;
  }

  public BindingStorage bindings() {
    return bindings;
  }

  /// Puts an entry of no origin into an epoch of the bindings' log; where that has ended, it does nothing.
  public void append(long epoch, BindingBatch batch) throws StoreException {
    bindings.append(epoch, batch);
  }
}
