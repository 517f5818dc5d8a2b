package io.portcullis.farm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.farm.api.client.AdminClient;
import io.portcullis.farm.api.wire.Rotations;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.api.wire.WireJson;
import io.portcullis.farm.cli.Sitting;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.membership.Join;
import io.portcullis.farm.membership.KeyUpkeep;
import io.portcullis.farm.store.Announcement;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.KeyPlan;
import io.portcullis.farm.store.StoreException;
import io.portcullis.farm.store.ZnodeWatch;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The farm goes over to another farm key while it runs: a real coordinator, and nodes as far as their stores and keys go.
class KeyRotationTest {
  @TempDir private Path directory = Path.of("");
  private Bench bench;
  private Sitting operator;

  @BeforeEach
  void start() throws Exception {
    bench = Bench.start(directory);
    operator =
        new Sitting(directory, FarmCtl::join)
            .with("PORTCULLIS_IDENTITY", bench.state().resolve("operator.pem").toString());
    try (AdminClient client = bench.operator()) {
      Map<String, String> files = bench.files("webext01.contoso.com");
      client.apply(new Wire.ApplyRequest(Bench.document(1), files, null, ""), false);
      client.requestCertificate(
          new Wire.CertificateRequest("later", List.of("later.contoso.com"), false));
    }
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private FarmHome joined(String name) throws Exception {
    return Join.node(directory.resolve(name), bench.token("node"), name);
  }

  /// A node that runs: it follows the plan, and says so.
  private static final class Running implements AutoCloseable {
    final FarmStore store;
    final AtomicInteger resealed = new AtomicInteger();
    private final KeyUpkeep upkeep;
    private final ZnodeWatch<KeyPlan> watch;
    private final Announcement announcement;

    /// @param follows false for one that is stuck
    Running(FarmHome home, boolean follows) throws Exception {
      store = FarmStore.connect(home);
      assertThat(store.awaitConnected(Duration.ofSeconds(20))).isTrue();
      Announcement[] told = new Announcement[1];
      upkeep =
          new KeyUpkeep(
              home,
              store,
              resealed::incrementAndGet,
              _ -> {
                if (told[0] != null) {
                  told[0].refresh();
                }
              });
      String id = home.identity().id();
      announcement = store.nodes().announce(id, () -> report(id));
      told[0] = announcement;
      watch =
          store.watchKeyPlan(plan -> {
            if (follows) {
              upkeep.accept(plan);
            }
          });
    }

    private String report(String id) {
      return new String(
          WireJson.write(
              new Wire.NodeStatus(
                  id,
                  "test",
                  Instant.EPOCH,
                  1,
                  null,
                  Map.of(),
                  Map.of(),
                  0,
                  0,
                  false,
                  new Wire.Standing(
                      0, null, Wire.Load.NONE, Wire.Outcome.NONE, upkeep.followed()))),
          StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
      watch.close();
      announcement.close();
      store.close();
    }
  }

  private Rotations.FarmKeyStatus status() throws Exception {
    try (AdminClient client = bench.operator()) {
      return client.farmKey();
    }
  }

  private void awaitSettledAfter(String old) throws Exception {
    Bench.eventually(() -> {
      Rotations.FarmKeyStatus now = status();
      return now.next() == null && !now.current().equals(old) && now.waitingFor().isEmpty();
    });
  }

  private static String certificate(FarmStore store) throws StoreException {
    return store.certificates().read("contoso", 1).orElseThrow().keyPem();
  }

  @Test
  void everybodyGoesOverToAnotherKeyAndTheOldOneOpensNothingAnyMore() throws Exception {
    FarmHome before = bench.home();
    FarmHome first = joined("edge1");
    FarmHome thief = joined("thief");
    String old = before.key().id();
    try (Running edge1 = new Running(first, true);
        FarmStore asThief = FarmStore.connect(thief)) {
      Bench.eventually(() -> status().waitingFor().isEmpty());
      String key = certificate(edge1.store);
      assertThat(certificate(asThief)).isEqualTo(key);

      assertThat(operator.type("farm-key", "status")).isZero();
      assertThat(operator.out()).contains("farm key  " + old);
      assertThat(operator.type("farm-key", "rotate")).as(operator.err()).isZero();
      assertThat(operator.out()).contains("goes over to key ");
      awaitSettledAfter(old);

      String now = status().current();
      assertThat(bench.home().key().id()).as("on the coordinator's disk").isEqualTo(now);
      assertThat(bench.home().keys().all()).hasSize(1);
      assertThat(FarmHome.read(first.directory()).orElseThrow().keys().all())
          .singleElement()
          .satisfies(only -> assertThat(only.id()).isEqualTo(now));
      assertThat(edge1.resealed).hasValue(1);
      assertThat(certificate(edge1.store)).as("it opens what it always opened").isEqualTo(key);
      assertThat(edge1.store.tickets().read().keys()).isNotEmpty();
      assertThatThrownBy(() -> certificate(asThief))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("does not open with this farm key");
      assertThatThrownBy(() -> asThief.tickets().read()).isInstanceOf(StoreException.class);
      try (FarmStore coordinator = FarmStore.connect(bench.home())) {
        assertThat(coordinator.awaitConnected(Duration.ofSeconds(20))).isTrue();
        assertThat(coordinator.certificateRequests().key("later").orElseThrow())
            .contains("PRIVATE KEY");
      }
      assertThat(operator.type("audit", "--output", "json")).isZero();
      assertThat(operator.out())
          .contains(
              "rotates the farm key: " + now, "farm key " + now + " seals", "is the only one");
      assertThat(
              Bench.holds(
                  bench.state().resolve("ensemble"),
                  bench.home().key().base64().getBytes(StandardCharsets.US_ASCII)))
          .as("never in ZooKeeper")
          .isFalse();
    }
    bench.stop();
    bench.startAgain();
    try (FarmStore coordinator = FarmStore.connect(bench.home())) {
      assertThat(coordinator.awaitConnected(Duration.ofSeconds(20))).isTrue();
      assertThat(certificate(coordinator)).contains("PRIVATE KEY");
    }
  }

  @Test
  void aNodeThatIsAliveAndDoesNotFollowHoldsItUpAndIsNamed() throws Exception {
    String old = bench.home().key().id();
    try (Running stuck = new Running(joined("edge1"), false)) {
      assertThat(operator.type("farm-key", "rotate")).as(operator.err()).isZero();
      Bench.eventually(() -> status().waitingFor().equals(List.of("node edge1")));
      assertThat(operator.type("farm-key", "status")).isOne();
      assertThat(operator.out()).contains("is being handed out", "waits for node edge1");
      assertThat(status().current()).isEqualTo(old);
      assertThat(bench.home().key().id()).as("nobody seals with the new one").isEqualTo(old);
      assertThat(certificate(stuck.store)).contains("PRIVATE KEY");
      assertThat(operator.type("farm-key", "rotate")).isOne();
      assertThat(operator.err()).contains("is on its way already", "--again");
      String given = String.valueOf(status().next());
      assertThat(operator.type("farm-key", "rotate", "--again")).as(operator.err()).isZero();
      assertThat(status().next()).isNotEqualTo(given);
    }
    // It is gone, and nobody waits for the dead.
    awaitSettledAfter(old);
  }

  @Test
  void aNodeThatWasAwayFetchesTheKeyWhenItIsBack() throws Exception {
    FarmHome away = joined("edge1");
    String old = bench.home().key().id();
    assertThat(operator.type("farm-key", "rotate")).as(operator.err()).isZero();
    awaitSettledAfter(old);
    try (Running back = new Running(away, true)) {
      Bench.eventually(() -> status().waitingFor().isEmpty() && back.resealed.get() == 1);
      assertThat(certificate(back.store)).contains("PRIVATE KEY");
      assertThat(Files.readString(away.directory().resolve("farm.key")))
          .isEqualTo(bench.home().key().base64() + "\n");
    }
  }

  @Test
  void whoWasRemovedIsNotHandedTheNewKey() throws Exception {
    FarmHome thief = joined("thief");
    String old = bench.home().key().id();
    try (FarmStore asThief = FarmStore.connect(thief);
        AdminClient client = bench.operator()) {
      assertThat(asThief.awaitConnected(Duration.ofSeconds(20))).isTrue();
      client.removeNode("thief");
      client.rotateFarmKey(false);
      awaitSettledAfter(old);
      KeyPlan plan =
          new KeyPlan(99, status().current(), null, KeyPlan.Stage.SETTLED, "", java.util.Set.of());
      KeyUpkeep upkeep = new KeyUpkeep(thief, asThief, KeyUpkeep.OwnFiles.NONE, _ -> {});
      upkeep.accept(plan);
      assertThat(upkeep.followed()).isZero();
      assertThat(thief.key().id()).isEqualTo(old);
      assertThat(operator.type("audit", "--output", "json")).isZero();
      assertThat(operator.out()).contains("refused the farm key: it was removed");
    }
  }
}
