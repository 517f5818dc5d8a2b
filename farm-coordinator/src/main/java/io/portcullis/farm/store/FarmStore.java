package io.portcullis.farm.store;

import io.portcullis.farm.binding.BindingReplica;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.identity.Role;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.BoundedExponentialBackoffRetry;
import org.apache.zookeeper.client.ZKClientConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The farm's state, for its coordinators and nodes. Calls block, on virtual threads; none blocks for ever.
///
/// Connecting never fails because ZooKeeper is away: the session is re-made for as long as the store is open, and calls
/// meanwhile end in [StoreException] of kind UNREACHABLE. [FarmWatch] and [Announcement] take care of themselves.
public final class FarmStore implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FarmStore.class);

  /// A node that is silent for this long is shown as gone; ten times ZooKeeper's tick, so a GC pause is not.
  private static final int SESSION_TIMEOUT_MILLIS = 20_000;

  /// Per server, TLS handshake included.
  private static final int CONNECTION_TIMEOUT_MILLIS = 5_000;

  /// Three more tries within about a second bridge a leader change seen from afar, without hiding an outage.
  private static final BoundedExponentialBackoffRetry RETRY =
      new BoundedExponentialBackoffRetry(100, 1_000, 3);

  /// Closing waits no longer for background work than a stop script would.
  private static final int CLOSE_WAIT_MILLIS = 2_000;

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
    ensembleWatch = new EnsembleWatch(client, paths, home, ownFirst(home), address, follows);
  }

  /// A coordinator keeps asking the member in its own process, whatever it is called elsewhere.
  private static List<String> ownFirst(FarmHome home) {
    try {
      boolean coordinator =
          IdentityFile.roleOf(home.identity().certificate()).equals(Role.COORDINATOR.word());
      return coordinator ? List.of(home.zookeeper().split(",")[0]) : List.of();
    } catch (GeneralSecurityException e) {
      return List.of();
    }
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
    FarmAcls acls = new FarmAcls(paths);
    CuratorFramework client =
        CuratorFrameworkFactory.builder()
            .ensembleProvider(address)
            .zkClientConfig(tls(home))
            .sessionTimeoutMs(SESSION_TIMEOUT_MILLIS)
            .connectionTimeoutMs(CONNECTION_TIMEOUT_MILLIS)
            .maxCloseWaitMs(CLOSE_WAIT_MILLIS)
            .retryPolicy(RETRY)
            .aclProvider(acls)
            // A TLS-only ensemble's configuration names no client addresses that a tracker could
            // use; EnsembleWatch follows them instead.
            .ensembleTracker(false)
            .dontUseContainerParents()
            .build();
    client
        .getConnectionStateListenable()
        .addListener((_, state) ->
            LOG.info(
                "ZooKeeper at {}: {}",
                address.getConnectionString(),
                state.name().toLowerCase(Locale.ROOT)));
    client.start();
    return new FarmStore(client, paths, acls, home, address, follows);
  }

  /// Mutual TLS under the farm's CA only; the server's certificate must name the host that was asked for, which only a
  /// coordinator's does.
  static ZKClientConfig tls(FarmHome home) {
    ZKClientConfig config = new ZKClientConfig();
    config.setProperty(ZKClientConfig.SECURE_CLIENT, "true");
    config.setProperty(
        ZKClientConfig.ZOOKEEPER_CLIENT_CNXN_SOCKET, "org.apache.zookeeper.ClientCnxnSocketNetty");
    config.setProperty(ZKClientConfig.ENABLE_CLIENT_SASL_KEY, "false");
    config.setProperty("zookeeper.ssl.keyStore.location", home.identityPem().toString());
    config.setProperty("zookeeper.ssl.keyStore.type", "PEM");
    config.setProperty("zookeeper.ssl.trustStore.location", home.authorityPem().toString());
    config.setProperty("zookeeper.ssl.trustStore.type", "PEM");
    config.setProperty("zookeeper.ssl.protocol", "TLSv1.3");
    config.setProperty("zookeeper.ssl.enabledProtocols", "TLSv1.3");
    config.setProperty("zookeeper.ssl.hostnameVerification", "true");
    config.setProperty("zookeeper.fips-mode", "false");
    return config;
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

  /// Makes the farm's places, with their access lists from `/` down. For coordinators, at every start.
  public void prepare() throws StoreException {
    Znodes znodes = new Znodes(client);
    for (String path :
        new String[] {"/", FarmAcls.ZOOKEEPER, FarmAcls.ZOOKEEPER + "/quota", FarmAcls.ENSEMBLE}) {
      znodes.run(path, c -> c.setACL().withACL(acls.getAclForPath(path)).forPath(path));
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
