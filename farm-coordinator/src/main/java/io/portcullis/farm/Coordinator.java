package io.portcullis.farm;

import io.portcullis.farm.api.AdminRoutes;
import io.portcullis.farm.binding.BindingReplica;
import io.portcullis.farm.identity.FarmAuthority;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.leader.AcmeChores;
import io.portcullis.farm.leader.AuthorityChores;
import io.portcullis.farm.leader.BindingChores;
import io.portcullis.farm.leader.CertificateChores;
import io.portcullis.farm.leader.ConfirmationChores;
import io.portcullis.farm.leader.ExpiryChores;
import io.portcullis.farm.leader.IdleTimes;
import io.portcullis.farm.leader.KeyChores;
import io.portcullis.farm.leader.RejectionChores;
import io.portcullis.farm.leader.TicketChores;
import io.portcullis.farm.membership.AuthorityDesk;
import io.portcullis.farm.membership.AuthorityKeeper;
import io.portcullis.farm.membership.JoinDesk;
import io.portcullis.farm.membership.KeyDesk;
import io.portcullis.farm.membership.KeyUpkeep;
import io.portcullis.farm.server.StartFailed;
import io.portcullis.farm.server.StateDirectory;
import io.portcullis.farm.store.AuthorityBook;
import io.portcullis.farm.store.BindingLog;
import io.portcullis.farm.store.Coordinators;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.LeaderSeat;
import io.portcullis.farm.store.StoreException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running coordinator: everything it started, closed in the opposite order.
final class Coordinator implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);

  /// Told in the place of ZooKeeper's exit code when the other coordinators have taken this one out.
  static final int REMOVED = -1;

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private String adminAddress = "";
  private volatile Path operatorPem = Path.of("");
  private String farm = "";

  private Coordinator() {}

  /// @param onDeath told when ZooKeeper gives up while running, or [#REMOVED]
  static Coordinator start(CoordinatorOptions options, InstantSource clock, IntConsumer onDeath)
      throws StartFailed {
    return start(options, clock, () -> options.state().toFile().getUsableSpace(), onDeath);
  }

  /// @param freeBytes what the disk of the state directory has left
  static Coordinator start(
      CoordinatorOptions options, InstantSource clock, LongSupplier freeBytes, IntConsumer onDeath)
      throws StartFailed {
    Coordinator coordinator = new Coordinator();
    try {
      coordinator.boot(options, clock, freeBytes, onDeath);
      return coordinator;
    } catch (StartFailed e) {
      coordinator.close();
      throw e;
    } catch (IOException | GeneralSecurityException e) {
      coordinator.close();
      throw new StartFailed(
          e.getMessage() == null ? e.toString() : e.getMessage(),
          "check the state directory " + options.state() + " and the log",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      coordinator.close();
      throw new StartFailed("interrupted while starting", "start again", e);
    }
  }

  /// The boot story.
  private void boot(
      CoordinatorOptions asked, InstantSource clock, LongSupplier freeBytes, IntConsumer onDeath)
      throws StartFailed, IOException, GeneralSecurityException, InterruptedException {
    StateDirectory state = keep(StateDirectory.open(asked.state()));
    Optional<Restoration> restoration = Restoration.begin(state.path());
    CoordinatorOptions options = Enrolment.settle(asked);
    if (restoration.isPresent() && options.farm().isEmpty()) {
      options = options.of(restoration.get().copy().farm());
    }
    farm = options.farm();
    FarmAuthority authority =
        FarmAuthority.open(state.path().resolve("authority"), options.farm(), clock);
    Papers papers = new Papers(state.path(), authority, options, clock);
    InetSocketAddress bind = AdminPort.resolve(options.admin());
    adminAddress = CoordinatorOptions.hostPort(options.advertise(), bind.getPort());
    Footing footing =
        keep(
            GuestFooting.isMeant(options)
                ? GuestFooting.start(options, papers, adminAddress)
                : OwnFooting.start(options, papers, adminAddress, onDeath));
    FarmHome home = footing.home();
    FarmStore store = keep(FarmStore.connect(home));
    footing.await(store);
    try {
      store.prepare();
      found(store, authority, clock);
      if (restoration.isPresent()) {
        restoration.get().finish(store, home.identity().id(), clock);
      }
      footing.enter(store, places -> addresses(papers, places), () -> onDeath.accept(REMOVED));
    } catch (StoreException e) {
      if (e.kind() == StoreException.Kind.DENIED && footing.wasRemoved()) {
        throw Enrolment.wasRemoved();
      }
      throw e;
    }
    keep(footing.door(store, clock));
    LeaderSeat seat = keep(store.seat(home.identity().id()));
    BindingLog bindings = bindings(store, seat);
    keep(new ExpiryChores(store, seat::leadership, clock));
    keep(
        new CertificateChores(
            store, seat::leadership, CertificateChores.USUAL_PAUSE, System::nanoTime));
    keep(new ConfirmationChores(seat::leadership, clock));
    keep(new RejectionChores(store, seat::leadership, clock));
    keep(new TicketChores(store, seat::leadership, clock, TicketChores.Spans.USUAL));
    keep(new AcmeChores(store, seat::leadership, clock, AcmeChores.Spans.USUAL));
    KeyUpkeep upkeep =
        new KeyUpkeep(
            home,
            store,
            KeyUpkeep.OwnFiles.NONE,
            plan -> store.keyPlan().ready(home.identity().id(), plan.generation()));
    keep(store.watchKeyPlan(upkeep));
    keep(new KeyChores(store, seat::leadership, seat::standing, clock));
    KeyDesk keys = new KeyDesk(home, store, upkeep, clock);
    Reissue reissue = new Reissue(papers, store, home);
    AuthorityKeeper keeper = new AuthorityKeeper(home, authority, store, reissue);
    keep(new AuthorityChores(store, seat::leadership, seat::standing, clock));
    JoinDesk desk =
        new JoinDesk(
            authority,
            store,
            keys,
            new AuthorityDesk(authority, store, keeper, clock),
            adminAddress,
            footing.growth(store),
            clock);
    AdminRoutes routes =
        new AdminRoutes(
            options.farm(), home.identity().id(), store, seat, desk, bindings, freeBytes, clock);
    operatorPem = papers.operator(store, adminAddress, home.identity().id());
    reissue.judges(keep(AdminPort.open(bind, home.identity(), routes)));
    keep(store.watchAuthorities(keeper));
  }

  /// The farm's word on its CA, where there is none: what this coordinator has on its disk.
  private static void found(FarmStore store, FarmAuthority authority, InstantSource clock)
      throws StoreException, GeneralSecurityException {
    AuthorityBook.Next next =
        authority
            .next()
            .map(pair ->
                new AuthorityBook.Next(
                    pair.certificatePem(), pair.keyPem(), authority.nextIssues()))
            .orElse(null);
    store.authorities().found(authority.current().certificatePem(), next, clock.instant());
  }

  private void addresses(Papers papers, Coordinators places) {
    try {
      if (!operatorPem.toString().isEmpty()) {
        papers.addresses(adminAddress, places);
      }
    } catch (IOException e) {
      LOG.warn("{} does not name all coordinators: {}", operatorPem, e.toString());
    }
  }

  /// A table of its own, and the chores of all tables while it leads.
  private BindingLog bindings(FarmStore store, LeaderSeat seat) {
    BindingReplica replica = new BindingReplica(new SecureRandom()::nextLong);
    BindingLog log = keep(store.bindings(replica, BindingLog.Intake.NOTHING));
    IdleTimes idle = new IdleTimes();
    keep(store.watch(idle));
    keep(new BindingChores(log, seat::leadership, idle, BindingChores.Limits.USUAL));
    return log;
  }

  private <T extends AutoCloseable> T keep(T part) {
    parts.push(part);
    return part;
  }

  String farm() {
    return farm;
  }

  String adminAddress() {
    return adminAddress;
  }

  Path operatorPem() {
    return operatorPem;
  }

  @Override
  public void close() {
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception e) {
        LOG.warn("while stopping {}: {}", part.getClass().getSimpleName(), e.toString());
      }
    }
  }
}
