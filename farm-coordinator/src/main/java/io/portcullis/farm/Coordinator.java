package io.portcullis.farm;

import io.portcullis.farm.api.AdminRoutes;
import io.portcullis.farm.binding.BindingReplica;
import io.portcullis.farm.identity.FarmAuthority;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.leader.BindingChores;
import io.portcullis.farm.leader.ConfirmationChores;
import io.portcullis.farm.leader.IdleTimes;
import io.portcullis.farm.leader.TicketChores;
import io.portcullis.farm.membership.JoinDesk;
import io.portcullis.farm.server.EmbeddedZooKeeper;
import io.portcullis.farm.server.StartFailed;
import io.portcullis.farm.server.StateDirectory;
import io.portcullis.farm.store.BindingLog;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.LeaderSeat;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running coordinator: everything it started, closed in the opposite order.
final class Coordinator implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);

  /// A member that is alone elects itself within a second; a slow disk may take longer.
  private static final Duration STORE_PATIENCE = Duration.ofSeconds(60);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private String adminAddress = "";
  private Path operatorPem = Path.of("");

  private Coordinator() {}

  /// @param onDeath told when ZooKeeper gives up while running
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
      CoordinatorOptions options, InstantSource clock, LongSupplier freeBytes, IntConsumer onDeath)
      throws StartFailed, IOException, GeneralSecurityException, InterruptedException {
    StateDirectory state = keep(StateDirectory.open(options.state()));
    FarmAuthority authority =
        FarmAuthority.open(state.path().resolve("authority"), options.farm(), clock);
    Papers papers = new Papers(state.path(), authority, options, clock);
    InetSocketAddress bind = AdminPort.resolve(options.admin());
    InetSocketAddress zookeeper = papers.zookeeperAddress();
    EmbeddedZooKeeper.requireFree(zookeeper);
    FarmHome home = papers.coordinator(zookeeper);
    keep(EmbeddedZooKeeper.start(state.path().resolve("ensemble"), zookeeper, home, onDeath));
    FarmStore store = keep(FarmStore.connect(home));
    requireStore(store, options);
    store.prepare();
    LeaderSeat seat = keep(store.seat(home.identity().id()));
    BindingLog bindings = bindings(store, seat);
    keep(new ConfirmationChores(store, seat::isMine, clock));
    keep(new TicketChores(store, seat::isMine, clock, TicketChores.Spans.USUAL));
    adminAddress = CoordinatorOptions.hostPort(options.advertise(), bind.getPort());
    JoinDesk desk =
        new JoinDesk(
            authority,
            store,
            home.key(),
            adminAddress,
            CoordinatorOptions.hostPort(options.advertise(), zookeeper.getPort()),
            clock);
    AdminRoutes routes =
        new AdminRoutes(
            options.farm(),
            home.identity().id(),
            adminAddress,
            store,
            desk,
            bindings,
            freeBytes,
            clock);
    operatorPem = papers.operator(store, adminAddress);
    keep(AdminPort.open(bind, home.identity(), routes));
  }

  /// A table of its own, and the chores of all tables while it leads.
  private BindingLog bindings(FarmStore store, LeaderSeat seat) {
    BindingReplica replica = new BindingReplica(new SecureRandom()::nextLong);
    BindingLog log = keep(store.bindings(replica, BindingLog.Intake.NOTHING));
    IdleTimes idle = new IdleTimes();
    keep(store.watch(idle));
    keep(
        new BindingChores(
            log, store.bindingStorage(), seat::isMine, idle, BindingChores.Limits.USUAL));
    return log;
  }

  private static void requireStore(FarmStore store, CoordinatorOptions options)
      throws StartFailed, InterruptedException {
    if (!store.awaitConnected(STORE_PATIENCE)) {
      throw new StartFailed(
          "ZooKeeper in %s started but does not answer".formatted(options.state()),
          "see the log above; nodes keep serving meanwhile");
    }
  }

  private <T extends AutoCloseable> T keep(T part) {
    parts.push(part);
    return part;
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
