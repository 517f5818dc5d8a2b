package io.portcullis.farm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.farm.api.client.AdminClient;
import io.portcullis.farm.api.client.AdminException;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.binding.BindingOp;
import io.portcullis.farm.binding.BindingReplica;
import io.portcullis.farm.binding.Identity;
import io.portcullis.farm.identity.FarmAuthority;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.identity.Role;
import io.portcullis.farm.server.StartFailed;
import io.portcullis.farm.store.Announcement;
import io.portcullis.farm.store.BindingLog;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A farm in an ensemble of three servers that others run.
class GuestFarmTest {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final long POOL = Identity.of("pool01");
  private static final long SOURCE = 0xffff_0a00_0007L;

  @TempDir static Path shared;
  @TempDir Path own;
  private static ForeignServers servers;
  private static GuestCoordinator first;

  @BeforeAll
  static void startFarm() throws Exception {
    servers =
        ForeignServers.start(
            shared.resolve("servers"),
            3,
            true,
            GuestCoordinator.authority(shared.resolve("c1"), Bench.FARM),
            impostor(),
            GuestCoordinator.authority(shared.resolve("west"), "west"));
    first = GuestCoordinator.found(shared.resolve("c1"), Bench.FARM, servers, "/lync/portcullis");
  }

  /// TLS tells CAs apart by their names, so that of another farm with the same name is called otherwise.
  private static String impostor() throws Exception {
    FarmAuthority any =
        FarmAuthority.open(shared.resolve("any"), Bench.FARM, InstantSource.system());
    FarmAuthority.Pair pair = any.anotherOne();
    FarmAuthority.adopt(shared.resolve("impostor/authority"), pair.certificatePem(), pair.keyPem());
    return pair.certificatePem();
  }

  @AfterAll
  static void stopFarm() {
    first.close();
    servers.close();
  }

  private static FarmStore store(FarmHome home) throws Exception {
    FarmStore store = FarmStore.connect(home);
    assertThat(store.awaitConnected(PATIENCE)).isTrue();
    return store;
  }

  private FarmHome node(String name) throws Exception {
    return first.node(own.resolve(name), name);
  }

  @Test
  void nodesJoinByTokenAndShareOneTableOfBindings() throws Exception {
    FarmHome home = node("a");
    assertThat(home.zookeeper()).isEqualTo(servers.connect("/lync/portcullis"));
    assertThat(home.ensemblePem()).hasSameTextualContentAs(servers.ca());
    ConcurrentLinkedQueue<BindingOp> wishes =
        new ConcurrentLinkedQueue<>(List.of(BindingOp.bind(POOL, 0, SOURCE, 7)));
    BindingReplica asked = new BindingReplica(() -> 1);
    BindingReplica told = new BindingReplica(() -> 2);
    try (FarmStore a = store(home);
        FarmStore b = store(node("b"));
        BindingLog one =
            a.bindings(
                asked,
                into -> {
                  BindingOp wish = wishes.poll();
                  return wish != null && into.propose(wish) ? 1 : 0;
                });
        BindingLog _ = b.bindings(told, BindingLog.Intake.NOTHING)) {
      one.wake();
      Bench.eventually(() -> told.table().member(POOL, 0, SOURCE) == 7);
    }
  }

  @Test
  void aNodeReadsAndDoesNotDecide() throws Exception {
    try (FarmStore node = store(node("reader"));
        Announcement _ = node.nodes().announce("reader", () -> "here");
        AdminClient operator = first.operator()) {
      assertThat(node.revisions().current()).isNotNegative();
      Bench.eventually(
          () -> operator.status().nodes().stream().anyMatch(one -> one.id().equals("reader")));
      denied(() -> node.audit().append(Instant.now(), "reader", "was here"));
      denied(() -> node.revocations().revoke("node/other", Instant.now()));
      denied(() -> node.certificateRequests().all());
      denied(() -> node.coordinators().enter("reader", "here", "there"));
      denied(node::prepare);
    }
  }

  private interface Attempt {
    void run() throws Exception;
  }

  private static void denied(Attempt attempt) {
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(attempt::run)
        .matches(e -> e.kind() == StoreException.Kind.DENIED, "is denied");
  }

  @Test
  void aRemovedNodeIsCutOffByTheServersAndStaysOut() throws Exception {
    FarmHome home = node("leaver");
    try (FarmStore store = store(home);
        AdminClient operator = first.operator()) {
      assertThat(store.revisions().current()).isNotNegative();
      operator.removeNode("leaver");
      Bench.eventually(() -> !store.isConnected());
      assertThatThrownBy(() -> store.revisions().current()).isInstanceOf(StoreException.class);
    }
    try (FarmStore again = FarmStore.connect(home)) {
      boolean _ = again.awaitConnected(Duration.ofSeconds(5));
      assertThatThrownBy(() -> again.revisions().current()).isInstanceOf(StoreException.class);
    }
    assertThat(servers.log(0) + servers.log(1) + servers.log(2))
        .contains("node/leaver of the farm at /lync/portcullis/portcullis/contoso-edge is cut off")
        .contains("was removed from the farm");
  }

  @Test
  void aFarmOfTheSameNameAndAnotherCaIsRefusedAtItsPlace() throws Exception {
    Path state = shared.resolve("impostor");
    FarmAuthority theirs =
        FarmAuthority.open(state.resolve("authority"), Bench.FARM, InstantSource.system());
    assertThatExceptionOfType(StartFailed.class)
        .isThrownBy(() -> GuestCoordinator.found(state, Bench.FARM, servers, "/lync/portcullis"))
        .withMessageContaining("where a farm is: that one has another CA");

    // A node of theirs that knows where everything is.
    IdentityFile identity = theirs.identity(Role.NODE, "spy", List.of(), List.of("none"));
    FarmHome home = first.node(own.resolve("honest"), "honest");
    FarmHome.keepEnsemble(own.resolve("spy"), Files.readString(servers.ca()));
    FarmHome spy = new FarmHome(own.resolve("spy"), identity, home.keys(), home.zookeeper());
    spy.write();
    try (FarmStore store = FarmStore.connect(spy)) {
      boolean _ = store.awaitConnected(Duration.ofSeconds(5));
      assertThatThrownBy(() -> store.revisions().current()).isInstanceOf(StoreException.class);
    }
  }

  @Test
  void anotherFarmBesideItReadsNothingOfIt() throws Exception {
    try (GuestCoordinator other =
            GuestCoordinator.found(shared.resolve("west"), "west", servers, "/lync/portcullis");
        FarmStore west = store(other.node(own.resolve("w1"), "w1"))) {
      assertThat(west.revisions().current()).isZero();
      // West's coordinator, with west's identity, at edge's place.
      FarmHome mine = FarmHome.read(other.state).orElseThrow();
      FarmHome.keepEnsemble(own.resolve("snoop"), Files.readString(servers.ca()));
      IdentityFile identity = mine.identity();
      FarmHome snoop =
          new FarmHome(
              own.resolve("snoop"),
              new IdentityFile(
                  Bench.FARM,
                  identity.id(),
                  identity.coordinators(),
                  identity.keyPem(),
                  identity.certificatePem(),
                  identity.caPem()),
              mine.keys(),
              mine.zookeeper());
      snoop.write();
      try (FarmStore store = FarmStore.connect(snoop)) {
        boolean _ = store.awaitConnected(Duration.ofSeconds(5));
        assertThatThrownBy(() -> store.revisions().current()).isInstanceOf(StoreException.class);
      }
    }
  }

  @Test
  void coordinatorsComeAndGoWithoutTouchingTheEnsemble() throws Exception {
    try (GuestCoordinator second =
            GuestCoordinator.join(own.resolve("c2"), first.token("coordinator"));
        AdminClient operator = first.operator()) {
      Bench.eventually(() ->
          operator.status().coordinators().stream()
              .map(Wire.CoordinatorStatus::state)
              .toList()
              .equals(List.of("up", "up")));
      assertThat(operator.status().ensemble()).isEqualTo(servers.connect("/lync/portcullis"));
      assertThatExceptionOfType(AdminException.class)
          .isThrownBy(() -> operator.rotateFarmCa(false))
          .withMessageContaining("ensemble that others run");
      operator.removeCoordinator("c2");
      Bench.eventually(second::wasRemoved);
    }
    assertThatExceptionOfType(StartFailed.class)
        .isThrownBy(() -> GuestCoordinator.again(own.resolve("c2")))
        .withMessageContaining("was removed from its farm");
  }

  @Test
  void aServerThatDiesCostsNothing() throws Exception {
    try (FarmStore node = store(node("steady"))) {
      servers.kill(0);
      try {
        Bench.eventually(() -> node.isConnected());
        long before = node.revisions().current();
        try (AdminClient operator = first.operator()) {
          Wire.ApplyResponse answer =
              operator.apply(
                  new Wire.ApplyRequest(
                      Bench.document(3),
                      Bench.files(own, InstantSource.system(), "webext01.contoso.com"),
                      null,
                      "one server is gone"),
                  false);
          assertThat(answer.problems()).isEmpty();
          assertThat(answer.revision()).isEqualTo(before + 1);
        }
        Bench.eventually(() -> node.revisions().current() == before + 1);
      } finally {
        servers.startAgain(0);
      }
    }
  }
}
