package io.portcullis.farm.store;

import io.portcullis.farm.binding.BindingReplica;
import io.portcullis.farm.identity.FarmHome;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.curator.framework.CuratorFramework;
import org.jspecify.annotations.Nullable;

/// The farm's state, for its coordinators and nodes. Calls block, on virtual threads; none blocks for ever.
///
/// Connecting never fails because ZooKeeper is away: the session is re-made for as long as the store is open, and calls
/// meanwhile end in [StoreException] of kind UNREACHABLE. [FarmWatch] and [Announcement] take care of themselves.
public final class FarmStore implements AutoCloseable {
  private final CuratorFramework client;
  private final FarmPaths paths;
  private final FarmAcls acls;
  private final Secrets secrets;
  private final Revisions revisions;
  private final CertificateShelf certificates;
  private final CertificateRequests certificateRequests;
  private final Tokens tokens;
  private final Nodes nodes;
  private final AuditTrail audit;
  private final DrainBook drains;
  private final TicketBook tickets;
  private final AcmeBook acme;
  private final ProposalBook proposals;
  private final RevocationBook revocations;
  private final CoordinatorBook coordinators;
  private final KeyPlanBook keyPlan;
  private final AuthorityBook authorities;
  private final Supplier<String> sealing;
  private final Ensemble ensemble;
  private final EnsembleWatch ensembleWatch;
  private final @Nullable String guestAt;

  private FarmStore(
      CuratorFramework client,
      FarmPaths paths,
      FarmAcls acls,
      FarmHome home,
      EnsembleAddress address,
      boolean follows) {
    this.client = client;
    this.paths = paths;
    this.acls = acls;
    Znodes znodes = new Znodes(client);
    secrets = new Secrets(home.keys());
    keyPlan = new KeyPlanBook(znodes, paths);
    authorities = new AuthorityBook(znodes, paths, secrets);
    sealing = () -> home.key().id();
    revisions = new Revisions(znodes, paths);
    certificates = new CertificateShelf(znodes, paths, secrets);
    certificateRequests = new CertificateRequests(znodes, paths, secrets);
    tokens = new Tokens(znodes, paths);
    nodes = new Nodes(client, znodes, paths);
    audit = new AuditTrail(znodes, paths);
    drains = new DrainBook(znodes, paths);
    tickets = new TicketBook(znodes, paths, secrets);
    acme = new AcmeBook(znodes, paths, secrets);
    proposals = new ProposalBook(znodes, paths);
    revocations = new RevocationBook(znodes, paths);
    coordinators = new CoordinatorBook(znodes, paths);
    ensemble = new Ensemble(client, znodes);
    guestAt = home.isGuest() ? home.zookeeper() : null;
    ensembleWatch = new EnsembleWatch(client, paths, home, address, follows);
  }

  public static FarmStore connect(FarmHome home) {
    return connect(home, true);
  }

  /// At the addresses that the home names and no others, whatever the farm says of its coordinators: for who reaches them by a way
  /// of its own.
  static FarmStore connectOnly(FarmHome home) {
    return connect(home, false);
  }

  private static FarmStore connect(FarmHome home, boolean follows) {
    EnsembleAddress address = new EnsembleAddress(home.zookeeper());
    FarmPaths paths = FarmPaths.of(home.farm());
    boolean guest = home.isGuest();
    FarmAcls acls = new FarmAcls(paths, guest ? FarmAcls.GUEST_SCHEME : FarmAcls.OWN_SCHEME);
    CuratorFramework client = StoreClient.start(home, address, acls, paths);
    return new FarmStore(client, paths, acls, home, address, follows && !guest);
  }

  CuratorFramework client() {
    return client;
  }

  String bindingLogPath() {
    return paths.bindingLog();
  }

  /// @return whether there is a connection before `patience` ran out
  public boolean awaitConnected(Duration patience) throws InterruptedException {
    return client.blockUntilConnected((int) patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  public boolean isConnected() {
    return client.getZookeeperClient().isConnected();
  }

  /// Connect string of the ensemble that others run.
  ///
  /// @return null where coordinators are the ensemble
  public @Nullable String guestAt() {
    return guestAt;
  }

  /// Makes the farm's places, with their access lists: from `/` down, or from the farm's own place down in an ensemble that others run. For
  /// coordinators, at every start.
  public void prepare() throws StoreException {
    Znodes znodes = new Znodes(client);
    if (guestAt == null) {
      for (String path :
          new String[] {
            "/", FarmAcls.ZOOKEEPER, FarmAcls.ZOOKEEPER + "/quota", FarmAcls.ENSEMBLE
          }) {
        znodes.run(path, c -> c.setACL().withACL(acls.getAclForPath(path)).forPath(path));
      }
    }
    znodes.create(paths.current(), Revisions.text(0));
    znodes.create(paths.unconfirmed(), Znodes.encode(paths.unconfirmed(), Unconfirmed.NONE));
    znodes.create(paths.drains(), Znodes.encode(paths.drains(), Drains.NONE));
    for (String path :
        new String[] {
          paths.revisions(),
          paths.certificates(),
          paths.requests(),
          paths.acmeAccounts(),
          paths.acmeOrders(),
          paths.nodes(),
          paths.members(),
          paths.tokens(),
          paths.audit(),
          paths.bindings(),
          paths.bindingLog(),
          paths.bindingSnapshots(),
          paths.leader()
        }) {
      znodes.create(path, new byte[0]);
      znodes.run(path, c -> c.setACL().withACL(acls.getAclForPath(path)).forPath(path));
    }
    prepareBindings(znodes);
    keyPlan.found(sealing.get(), Instant.now());
  }

  /// The epoch in which a farm's first binding is written.
  private void prepareBindings(Znodes znodes) throws StoreException {
    if (znodes.children(paths.bindingLog()).isEmpty()) {
      znodes.create(paths.bindingEpoch(BindingStorage.FIRST_EPOCH), new byte[0]);
    }
  }

  public FarmWatch watch(FarmWatch.Listener listener) {
    return new FarmWatch(client, paths, revisions, listener);
  }

  public ZnodeWatch<Drains> watchDrains(Consumer<Drains> listener) {
    return new ZnodeWatch<>(
        client,
        paths.drains(),
        Drains.NONE,
        (path, data) -> Znodes.decode(path, data, Drains.class),
        listener);
  }

  /// @param listener told the ring at every look; [TicketRing#NONE] while the farm has none
  public ZnodeWatch<TicketRing> watchTickets(Consumer<TicketRing> listener) {
    return new ZnodeWatch<>(client, paths.tickets(), TicketRing.NONE, tickets::open, listener);
  }

  /// @param listener told at every look; [Challenges#NONE] while no authority looks
  public ZnodeWatch<Challenges> watchChallenges(Consumer<Challenges> listener) {
    return new ZnodeWatch<>(
        client,
        paths.challenges(),
        Challenges.NONE,
        (path, data) -> Znodes.decode(path, data, Challenges.class),
        listener);
  }

  /// How far the orders of certificates are.
  public AcmeBook acme() {
    return acme;
  }

  public TicketBook tickets() {
    return tickets;
  }

  /// @param listener told at every look; [KeyPlan#NONE] while the farm has none
  public ZnodeWatch<KeyPlan> watchKeyPlan(Consumer<KeyPlan> listener) {
    return new ZnodeWatch<>(
        client,
        paths.keyPlan(),
        KeyPlan.NONE,
        (path, data) -> Znodes.decode(path, data, KeyPlan.class),
        listener);
  }

  /// Which farm key seals.
  public KeyPlanBook keyPlan() {
    return keyPlan;
  }

  /// @param listener told at every look; [AuthorityPlan#NONE] while the farm has none
  public ZnodeWatch<AuthorityPlan> watchAuthorities(Consumer<AuthorityPlan> listener) {
    return new ZnodeWatch<>(
        client,
        paths.authorityPlan(),
        AuthorityPlan.NONE,
        (path, data) -> Znodes.decode(path, data, AuthorityPlan.class),
        listener);
  }

  /// Which CA is the farm's.
  public AuthorityBook authorities() {
    return authorities;
  }

  public DrainBook drains() {
    return drains;
  }

  /// Where the coordinators are.
  public CoordinatorBook coordinators() {
    return coordinators;
  }

  /// The members of the ensemble, for coordinators.
  public Ensemble ensemble() {
    return ensemble;
  }

  /// Tells where the coordinators are and which of them are members, for as long as the store is open.
  public void followEnsemble(EnsembleWatch.Listener listener) {
    ensembleWatch.listener(listener);
  }

  /// This process's part in the farm's bindings, on a thread of its own until closed.
  public BindingLog bindings(BindingReplica replica, BindingLog.Intake intake) {
    return new BindingLog(client, paths, acls, replica, intake);
  }

  /// What only coordinators do with the log of bindings.
  public BindingStorage bindingStorage() {
    return new BindingStorage(client, new Znodes(client), paths);
  }

  /// Stands for the one coordinator that does the chores.
  public LeaderSeat seat(String id) {
    return new LeaderSeat(client, paths, secrets, id);
  }

  /// For tests: behind a fence that nobody moves.
  Leadership leadership() {
    return new Leadership(0, client, paths, secrets, new Fence(paths.bindings(), 0));
  }

  /// @param listener told at every look; [Proposal#NONE] while nothing is proposed
  public ZnodeWatch<Proposal> watchProposals(Consumer<Proposal> listener) {
    return new ZnodeWatch<>(
        client,
        paths.proposal(),
        Proposal.NONE,
        (path, data) -> Znodes.decode(path, data, Proposal.class),
        listener);
  }

  /// @param listener told at every look
  public ZnodeWatch<Revocations> watchRevocations(Consumer<Revocations> listener) {
    return new ZnodeWatch<>(
        client,
        paths.revoked(),
        Revocations.NONE,
        (path, data) -> Znodes.decode(path, data, Revocations.class),
        listener);
  }

  public RevocationBook revocations() {
    return revocations;
  }

  public ProposalBook proposals() {
    return proposals;
  }

  public Revisions revisions() {
    return revisions;
  }

  public CertificateShelf certificates() {
    return certificates;
  }

  public CertificateRequests certificateRequests() {
    return certificateRequests;
  }

  /// The whole of it, for backups.
  public FarmArchive archive() {
    return new FarmArchive(new Znodes(client), paths, this);
  }

  public Tokens tokens() {
    return tokens;
  }

  public Nodes nodes() {
    return nodes;
  }

  public AuditTrail audit() {
    return audit;
  }

  @Override
  public void close() {
    ensembleWatch.close();
    client.close();
  }
}
