package io.portcullis.farm;

import static io.portcullis.farm.Bench.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.farm.api.client.AdminClient;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.cli.Sitting;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.identity.Role;
import io.portcullis.farm.membership.Join;
import io.portcullis.farm.membership.Renewal;
import io.portcullis.farm.store.FarmStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who was removed, and the record of it.
class RemovalTest {
  @TempDir static Path shared;
  private static Bench bench;
  private static AdminClient operator;

  @BeforeAll
  static void startFarm() throws Exception {
    bench = Bench.start(shared);
    operator = bench.operator();
  }

  @AfterAll
  static void stopFarm() {
    operator.close();
    bench.close();
  }

  private static boolean isRecorded(String who, String what) throws Exception {
    return operator.audit().entries().stream()
        .anyMatch(entry -> entry.who().equals(who) && entry.what().contains(what));
  }

  @Test
  void aRemovedNodeIsCutOffAndStaysOutUntilItJoinsAnew() throws Exception {
    FarmHome home = Join.node(shared.resolve("leaver"), bench.token("node"), "leaver");
    try (FarmStore store = FarmStore.connect(home)) {
      assertThat(store.awaitConnected(Duration.ofSeconds(20))).isTrue();
      Bench.eventually(() -> store.revisions().current() == 0);
      operator.removeNode("leaver");
      Bench.eventually(() -> !store.isConnected());
      Bench.eventually(() -> isRecorded("node/leaver", "it was removed"));
      assertThatThrownBy(() -> store.revisions().current()).hasMessageContaining("config/current");
    }
    bench.clock.advance(Duration.ofSeconds(2));
    FarmHome again = Join.node(shared.resolve("again"), bench.token("node"), "leaver");
    assertThat(again.identity().id()).isEqualTo("leaver");
    try (FarmStore store = FarmStore.connect(again)) {
      assertThat(store.awaitConnected(Duration.ofSeconds(20))).isTrue();
    }
  }

  @Test
  void aNodeRenewsItsCertificateUntilItIsRemoved() throws Exception {
    FarmHome home = Join.node(shared.resolve("keeper"), bench.token("node"), "keeper");
    IdentityFile old = home.identity();
    Instant end = old.certificate().getNotAfter().toInstant();
    assertThat(Renewal.isDue(old.certificate(), end.minus(Duration.ofDays(20)))).isFalse();
    assertThat(Renewal.isDue(old.certificate(), end.minus(Duration.ofDays(10)))).isTrue();

    IdentityFile young = Renewal.renew(old);
    assertThat(young.id()).isEqualTo("keeper");
    assertThat(young.keyPem()).isNotEqualTo(old.keyPem());
    assertThat(young.certificate().getSerialNumber())
        .isNotEqualTo(old.certificate().getSerialNumber());
    young.write(home.identityPem());
    try (FarmStore store = FarmStore.connect(FarmHome.read(home.directory()).orElseThrow())) {
      assertThat(store.awaitConnected(Duration.ofSeconds(20))).isTrue();
    }
    assertThat(isRecorded("keeper", "renewed its certificate")).isTrue();

    operator.removeNode("keeper");
    bench.clock.advance(Duration.ofSeconds(2));
    // Somebody else has the name by now.
    Join.node(shared.resolve("keeper-2"), bench.token("node"), "keeper");
    assertThatThrownBy(() -> Renewal.renew(young)).hasMessageContaining("was removed");
    assertThat(isRecorded("keeper", "refused a renewed certificate")).isTrue();
    assertThatThrownBy(
            () -> Renewal.renew(IdentityFile.read(bench.state().resolve("operator.pem"))))
        .hasMessageContaining("nothing to renew for operator-1");
  }

  @Test
  void aNodeRenewsAtCoordinatorsThatCameAfterItJoined() throws Exception {
    FarmHome home = Join.node(shared.resolve("settler"), bench.token("node"), "settler");
    IdentityFile joined = home.identity();
    // Port 1 of the day it joined: nobody is there any more.
    home.change(present -> present.at(List.of("127.0.0.1:1")));
    Instant due = joined.certificate().getNotAfter().toInstant().minus(Duration.ofDays(10));
    try (FarmStore store = FarmStore.connect(home);
        Renewal _ = Renewal.start(home, store, () -> due)) {
      eventually(() -> !IdentityFile.read(home.identityPem()).keyPem().equals(joined.keyPem()));
    }
  }

  @Test
  void aTokenThatIsShownAgainIsRefusedAndRecorded() throws Exception {
    String token = bench.token("node");
    Join.node(shared.resolve("owner"), token, "owner");
    assertThatThrownBy(() -> Join.node(shared.resolve("thief"), token, "thief"))
        .hasMessageContaining("was used");
    assertThat(isRecorded("thief", "its token was used")).isTrue();
    String late = bench.token("node", Duration.ofSeconds(1));
    bench.clock.advance(Duration.ofSeconds(2));
    assertThatThrownBy(() -> Join.node(shared.resolve("late"), late, "late"))
        .hasMessageContaining("expired");
    assertThat(isRecorded("late", "its token expired")).isTrue();
  }

  @Test
  void coordinatorsThatWriteAtOnceMakeOneChain() throws Exception {
    List<Callable<Boolean>> writers = new ArrayList<>();
    for (int writer = 0; writer < 4; writer++) {
      String id = "writer" + writer;
      writers.add(() -> {
        try (FarmStore store = FarmStore.connect(bench.homeOf(Role.COORDINATOR, id))) {
          for (int i = 0; i < 10; i++) {
            store.audit().append(Instant.now(), id, "entry " + i);
          }
          return true;
        }
      });
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Boolean> one : threads.invokeAll(writers)) {
        assertThat(one.get()).isTrue();
      }
    }
    Wire.AuditReport report = operator.audit();
    assertThat(report.broken()).isNull();
    assertThat(report.entries().stream().filter(entry -> entry.who().startsWith("writer")))
        .hasSize(40);
    Sitting sitting =
        new Sitting(shared, FarmCtl::join)
            .with("PORTCULLIS_IDENTITY", bench.state().resolve("operator.pem").toString());
    assertThat(sitting.type("audit", "--verify")).as(sitting.err()).isZero();
    assertThat(sitting.out()).contains("the chain is whole");
    assertThat(sitting.type("audit", "--limit", "3")).isZero();
    assertThat(sitting.out()).contains("ENTRY", "WHO");
  }
}
