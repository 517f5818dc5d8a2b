package io.portcullis.farm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.portcullis.farm.api.client.AdminClient;
import io.portcullis.farm.api.client.AdminException;
import io.portcullis.farm.api.wire.Rotations;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.api.wire.WireJson;
import io.portcullis.farm.cli.Sitting;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.identity.SecretFiles;
import io.portcullis.farm.membership.AuthorityUpkeep;
import io.portcullis.farm.membership.Join;
import io.portcullis.farm.membership.JoinFailed;
import io.portcullis.farm.store.Announcement;
import io.portcullis.farm.store.AuthorityPlan;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.StoreException;
import io.portcullis.farm.store.ZnodeWatch;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The farm goes over to another CA while it runs: a real coordinator, and nodes as far as their stores and identities go.
class FarmCaRotationTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir private Path directory = Path.of("");
  private Bench bench;
  private Sitting operator;

  @BeforeEach
  void start() throws Exception {
    bench = Bench.start(directory);
    operator = sitting(bench.state().resolve("operator.pem"));
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private Sitting sitting(Path identity) throws Exception {
    return new Sitting(directory, FarmCtl::join).with("PORTCULLIS_IDENTITY", identity.toString());
  }

  private FarmHome joined(String name) throws Exception {
    return Join.node(directory.resolve(name), bench.token("node"), name);
  }

  /// What a thief took: the files as they were.
  private FarmHome copyOf(FarmHome home, String name) throws Exception {
    FarmHome copy =
        new FarmHome(
            directory.resolve(name),
            IdentityFile.read(home.identityPem()),
            home.key(),
            home.zookeeper());
    copy.write();
    return copy;
  }

  /// A node that runs: it follows the plan, and says so.
  private static final class Running implements AutoCloseable {
    final FarmStore store;
    private final AuthorityUpkeep upkeep;
    private final ZnodeWatch<AuthorityPlan> watch;
    private final Announcement announcement;

    /// @param follows false for one that is stuck
    Running(FarmHome home, boolean follows) throws Exception {
      store = FarmStore.connect(home);
      assertThat(store.awaitConnected(PATIENCE)).isTrue();
      Announcement[] told = new Announcement[1];
      upkeep =
          new AuthorityUpkeep(
              home,
              store,
              () -> {
                if (told[0] != null) {
                  told[0].refresh();
                }
              });
      String id = home.identity().id();
      announcement = store.nodes().announce(id, () -> report(id));
      told[0] = announcement;
      watch =
          store.watchAuthorities(plan -> {
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
                  Wire.Standing.NONE.following(upkeep.followed()))),
          StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
      watch.close();
      announcement.close();
      store.close();
    }
  }

  /// Asked with whatever the coordinator's own operator has by now.
  private Rotations.FarmCaStatus status() throws Exception {
    try (AdminClient client = bench.operator()) {
      return client.farmCa();
    }
  }

  private void awaitSettledAfter(String old) throws Exception {
    Bench.eventually(() -> {
      Rotations.FarmCaStatus now = status();
      return now.next() == null && !now.current().equals(old);
    });
  }

  private static String pem(FarmHome home) throws Exception {
    return Files.readString(home.authorityPem());
  }

  private Path person(String name) throws Exception {
    Path file = directory.resolve(name + ".pem");
    IdentityFile _ = Join.operator(file, bench.token("operator"), name);
    return file;
  }

  @Test
  void everybodyGetsAnIdentityOfTheOtherCaAndTheOldOneIsRefused() throws Exception {
    String old = status().current();
    String oldPem = bench.home().identity().caPem();
    FarmHome first = joined("edge1");
    FarmHome thief = copyOf(first, "thief");
    Path anna = person("anna");
    String annaBefore = Files.readString(anna);
    String unused = bench.token("node");
    try (Running edge1 = new Running(first, true)) {
      assertThat(operator.type("farm-ca", "status")).isZero();
      assertThat(operator.type("farm-ca", "rotate")).as(operator.err()).isZero();
      assertThat(operator.out()).contains("goes over to another CA");
      Bench.eventually(() -> status().toRenew().equals(List.of("operator anna")));
      assertThat(operator.type("farm-ca", "status")).isOne();
      assertThat(operator.out()).contains("has to renew: operator anna");
      assertThat(operator.type("status")).isBetween(0, 1);
      assertThat(operator.out()).contains("on the way to another farm CA, 1 to go");

      Sitting people = sitting(anna);
      assertThat(people.type("history")).as(people.err()).isZero();
      assertThat(people.err()).contains("renewed " + anna);
      awaitSettledAfter(old);
      assertThat(people.type("history")).as(people.err()).isZero();
      assertThat(people.err()).doesNotContain("renewed");

      assertThat(bench.home().identity().caPem()).doesNotContain(oldPem.strip());
      Bench.eventually(() -> pem(first).equals(pem(bench.home())));
      Bench.eventually(edge1.store::isConnected);
      assertThat(edge1.store.revisions().current()).isZero();
      assertThat(operator.type("audit", "--output", "json")).isZero();
      assertThat(operator.out())
          .contains("rotates the farm's CA", "1 join tokens void", "only the new CA is trusted");
      assertThat(
              Bench.holds(
                  bench.state().resolve("ensemble"),
                  Files.readString(bench.state().resolve("authority/ca.key"))
                      .getBytes(StandardCharsets.US_ASCII)))
          .as("never readable in ZooKeeper")
          .isFalse();
    }
    requireRefused(thief, IdentityFile.parse(annaBefore, "before"), old);
    assertThatExceptionOfType(JoinFailed.class)
        .isThrownBy(() -> Join.node(directory.resolve("late"), unused, "late"))
        .withMessageContaining("farm CA is not the one this token was made for");
    assertThat(Join.node(first.directory(), unused, "edge1").identity().id())
        .as("who has joined stays joined, whichever token it is started with")
        .isEqualTo("edge1");
    bench.stop();
    bench.startAgain();
    try (Running _ = new Running(FarmHome.read(first.directory()).orElseThrow(), true)) {
      assertThat(operator.type("farm-ca", "status")).as(operator.err()).isZero();
    }
  }

  /// Of the old CA, and trusting the new one, so that only the farm can refuse it.
  private void requireRefused(FarmHome thief, IdentityFile person, String old) throws Exception {
    String trusted = bench.home().identity().caPem();
    SecretFiles.write(thief.authorityPem(), trusted);
    try (FarmStore asThief = FarmStore.connect(thief)) {
      assertThat(asThief.awaitConnected(Duration.ofSeconds(3))).as("at ZooKeeper").isFalse();
      assertThatExceptionOfType(StoreException.class)
          .isThrownBy(() -> asThief.revisions().current());
    }
    IdentityFile knowing = person.trusting(trusted);
    IdentityFile shown =
        new IdentityFile(
            knowing.farm(),
            knowing.id(),
            List.of(bench.adminAddress()),
            knowing.keyPem(),
            knowing.certificatePem(),
            knowing.caPem());
    try (AdminClient client = AdminClient.of(shown)) {
      assertThatExceptionOfType(AdminException.class)
          .as("at the admin API")
          .isThrownBy(client::status)
          .withMessageContaining("refuses the certificate of " + person.id());
    }
    assertThat(person.knows(old)).isTrue();
  }

  @Test
  void aNodeThatWasAwayFindsTheWayWhenItIsBack() throws Exception {
    String old = status().current();
    FarmHome away = joined("edge1");
    assertThat(operator.type("farm-ca", "rotate")).as(operator.err()).isZero();
    Bench.eventually(() -> status().toRenew().equals(List.of("node edge1")));
    assertThat(pem(away)).as("it knows nothing of it").isNotEqualTo(pem(bench.home()));
    try (Running _ = new Running(away, true)) {
      awaitSettledAfter(old);
      Bench.eventually(() -> pem(away).equals(pem(bench.home())));
    }
  }

  @Test
  void aNodeThatIsAliveAndDoesNotFollowHoldsItUpAndIsNamed() throws Exception {
    String old = status().current();
    try (Running _ = new Running(joined("edge1"), false)) {
      assertThat(operator.type("farm-ca", "rotate")).as(operator.err()).isZero();
      Bench.eventually(() -> status().waitingFor().equals(List.of("node edge1")));
      assertThat(status().stage()).isEqualTo("announced");
      assertThat(operator.type("farm-ca", "rotate")).isOne();
      assertThat(operator.err()).contains("on its way to another CA already");
      assertThat(operator.type("farm-ca", "finish")).isOne();
      assertThat(operator.err()).contains("nobody has to renew");
      assertThat(operator.type("token", "create", "--role", "coordinator")).isOne();
      assertThat(operator.err()).contains("no coordinator can join while");
      assertThat(operator.type("farm-key", "rotate")).isOne();
      assertThat(operator.err()).contains("one thing at a time");
    }
    // It is gone, so nobody waits for it to trust; but it has an identity.
    Bench.eventually(() -> status().toRenew().equals(List.of("node edge1")));
    assertThat(operator.type("farm-ca", "finish")).as(operator.err()).isZero();
    assertThat(operator.out()).contains("cut off are node edge1");
    awaitSettledAfter(old);
    FarmHome late = FarmHome.read(directory.resolve("edge1")).orElseThrow();
    try (FarmStore refused = FarmStore.connect(late)) {
      assertThat(refused.awaitConnected(Duration.ofSeconds(3))).isFalse();
    }
  }

  /// Stopped at each stage, the coordinator goes on where the farm was.
  @Test
  void aCoordinatorThatRestartsGoesOnWhereTheFarmWas() throws Exception {
    String old = status().current();
    FarmHome home = joined("edge1");
    Running stuck = new Running(home, false);
    assertThat(operator.type("farm-ca", "rotate")).as(operator.err()).isZero();
    Bench.eventually(() -> status().waitingFor().equals(List.of("node edge1")));
    stuck.close();
    bench.stop();
    bench.startAgain();
    Bench.eventually(() -> status().toRenew().equals(List.of("node edge1")));
    bench.stop();
    bench.startAgain();
    try (Running _ = new Running(FarmHome.read(home.directory()).orElseThrow(), true)) {
      awaitSettledAfter(old);
    }
    bench.stop();
    bench.startAgain();
    assertThat(status().next()).isNull();
    assertThat(joined("edge2").identity().id()).isEqualTo("edge2");
  }
}
